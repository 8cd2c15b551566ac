import { expect, test } from 'vitest';
import { checkNode } from '../bin/install.mjs';

test.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('Node.js %s will do', (version) => checkNode(version));

test.each(['18.20.4', '20.18.3'])('Node.js %s is too old, and the message says what is needed', (version) => {
  expect(() => checkNode(version)).toThrow(`This is Node.js ${version}, and Tallymark needs 20.19 or newer`);
});
