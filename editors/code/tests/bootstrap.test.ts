import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { candidates, findServer, NoServerError } from '../src/bootstrap.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'cachelit-bootstrap-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

/** A program at `path` (below the test's folder) that runs `script`. */
function program(path: string, script: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const around = (over: Partial<Parameters<typeof findServer>[0]> = {}) => ({
  configured: undefined, extensionFolder: join(folder, 'extension'), path: join(folder, 'bin'), home: join(folder, 'home'), ...over,
});
const says = (version: string) => `echo "cachelit-server ${version}"`;

describe('the search for a server', () => {
  it('prefers the one that the extension carries to one on PATH', async () => {
    const bundled = program('extension/server/cachelit-server', says('1.0.0'));
    program('bin/cachelit-server', says('2.0.0'));
    assert.deepEqual(await findServer(around()), { path: bundled, origin: 'the extension', version: '1.0.0' });
  });

  it('goes on to PATH and to the cargo folder', async () => {
    const installed = program('home/.cargo/bin/cachelit-server', says('3.0.0'));
    assert.equal((await findServer(around())).path, installed);
    const onPath = program('bin/cachelit-server', says('2.0.0'));
    assert.equal((await findServer(around())).path, onPath);
  });

  it('skips a program that does not run', async () => {
    program('extension/server/cachelit-server', 'exit 1');
    const onPath = program('bin/cachelit-server', says('2.0.0'));
    assert.equal((await findServer(around())).path, onPath);
  });

  it('takes a configured path and nothing else', () => {
    assert.deepEqual(candidates(around({ configured: '/opt/server' })).map(candidate => candidate.path), ['/opt/server']);
  });

  it('says that a configured path does not exist, and what to do', async () => {
    program('extension/server/cachelit-server', says('1.0.0'));
    await assert.rejects(findServer(around({ configured: '/no/such/server' })), (error: Error) => {
      assert(error instanceof NoServerError);
      assert.match(error.message, /\/no\/such\/server does not exist/);
      assert.match(error.message, /correct the setting `cachelit\.server\.path`, or remove it/);
      return true;
    });
  });

  it('refuses another program', async () => {
    const other = program('other', 'echo "something else 1.0"');
    await assert.rejects(findServer(around({ configured: other })), /it is not cachelit-server/);
  });

  it('says how to install one where there is none', async () => {
    await assert.rejects(findServer(around()), /cargo install cachelit-server/);
  });
});
