// Imports run one way: contract <- {redis, prisma} <- analytics <- {next, dashboard, jobs} <- apps/web; contract <- client.
// packages/local, testing and proof stand beside the product and are never imported by it.
const product = '^(packages/(contract|redis|analytics|next|client|dashboard)|prisma|jobs|apps)/';
const tests = '(\\.(test|test-d)\\.tsx?$|/test-support/)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^(next/|server-only)' } },
    {
      name: 'contract-is-pure',
      comment: 'packages/contract knows zod and nothing else: no I/O, no Node modules, no other package.',
      severity: 'error',
      from: { path: '^packages/contract/', pathNot: tests },
      to: { pathNot: ['^packages/contract/', 'node_modules/(\\.pnpm/)?zod'] },
    },
    {
      name: 'doors-know-only-the-contract',
      severity: 'error',
      from: { path: '^(packages/redis|prisma)/', pathNot: tests },
      to: { path: '^(packages/(analytics|next|client|dashboard)|jobs|apps)/' },
    },
    {
      name: 'doors-do-not-know-each-other',
      severity: 'error',
      from: { path: '^(packages/redis|prisma)/', pathNot: tests },
      to: { path: '^(packages/redis|prisma)/', pathNot: '^$1/' },
    },
    {
      name: 'analytics-knows-no-app',
      severity: 'error',
      from: { path: '^packages/analytics/', pathNot: tests },
      to: { path: '^(packages/(next|client|dashboard)|jobs|apps)/' },
    },
    {
      name: 'packages-know-no-app',
      severity: 'error',
      from: { path: '^packages/(next|client|dashboard)/', pathNot: tests },
      to: { path: '^(jobs|apps)/' },
    },
    { name: 'web-and-jobs-are-strangers', severity: 'error', from: { path: '^apps/' }, to: { path: '^jobs/' } },
    { name: 'jobs-and-web-are-strangers', severity: 'error', from: { path: '^jobs/' }, to: { path: '^apps/' } },
    {
      name: 'one-door-to-redis',
      comment: 'Only packages/redis (and what tests or measures it) speaks to Redis.',
      severity: 'error',
      from: { path: product, pathNot: ['^packages/redis/', tests] },
      to: { path: 'node_modules/(\\.pnpm/)?ioredis' },
    },
    {
      name: 'one-door-to-postgres',
      severity: 'error',
      from: { path: product, pathNot: ['^prisma/', tests] },
      to: { path: 'node_modules/(\\.pnpm/)?(pg@|pg/|@prisma\\+adapter-pg|postgres)' },
    },
    {
      name: 'tools-stay-outside-the-product',
      severity: 'error',
      from: { path: product, pathNot: tests },
      to: { path: '^packages/(local|testing|proof)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(generated|dist|\\.next|\\.tallymark)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
