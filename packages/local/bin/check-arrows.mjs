// Checks which module may import which, by the rules of /.dependency-cruiser.cjs.
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const FOLDERS = ['packages', 'prisma', 'jobs', 'apps'];
/** With a TypeScript it does not understand the tool finds next to nothing and is content with it. */
const FEWEST_MODULES = 30;

process.chdir(fileURLToPath(new URL('../../..', import.meta.url)));
const options = await extractOptions('./.dependency-cruiser.cjs');
const { output } = await cruise(FOLDERS, options, {}, { tsConfig: extractTsConfig('tsconfig.json') });
if (typeof output === 'string') throw new Error(`dependency-cruiser gave text instead of a result: ${output}`);

const own = output.modules.filter(({ source, coreModule }) => !coreModule && !source.includes('node_modules'));
const { violations } = output.summary;
for (const { rule, from, to, cycle } of violations) {
  const way = cycle ? [from, ...cycle.map(({ name }) => name)] : from === to ? [from] : [from, to];
  console.log(`${rule.severity} ${rule.name}: ${way.join(' → ')}`);
}
const errors = violations.filter(({ rule }) => rule.severity === 'error').length;
console.log(`${own.length} modules, ${errors} ${errors === 1 ? 'arrow points' : 'arrows point'} the wrong way`);
if (own.length < FEWEST_MODULES) {
  console.log(`Only ${own.length} modules were seen, at least ${FEWEST_MODULES} were expected: nothing was checked.`);
  process.exitCode = 1;
}
if (errors > 0) process.exitCode = 1;
