import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expandPath, serverEnvironment } from '../src/config.ts';

const variables = { workspaceFolder: '/work space', home: '/home/me' };

describe('cachelit.server.path', () => {
  for (const [setting, path] of [
    [undefined, undefined],
    [null, undefined],
    ['  ', undefined],
    ['/opt/server', '/opt/server'],
    ['~/bin/server', '/home/me/bin/server'],
    ['${workspaceFolder}/target/debug/server', '/work space/target/debug/server'],
    ['/opt/~/server', '/opt/~/server'],
  ] as const) {
    it(`${setting} is ${path}`, () => assert.equal(expandPath(setting, variables), path));
  }
});

describe('cachelit.server.extraEnv', () => {
  it('adds to the editor\'s environment and wins', () => {
    assert.deepEqual(serverEnvironment({ A: '1', B: '2' }, { B: 3, C: 'x' }), { A: '1', B: '3', C: 'x' });
  });

  it('may be missing', () => assert.deepEqual(serverEnvironment({ A: '1' }, undefined), { A: '1' }));
});
