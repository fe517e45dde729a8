// The extension as its user meets it: the packaged .vsix in a real VS Code, against the real server.
// `cargo xtask e2e` sets VSCODE_E2E_DIR and CACHELIT_VSIX and runs this.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, until } from './harness.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const repository = dirname(dirname(here));
const screenshots = join(repository, 'tests/screenshots');
const vsix = process.env.CACHELIT_VSIX ?? assert.fail('CACHELIT_VSIX is not set: run `cargo xtask e2e`');
const ours = problem => problem.source === 'cachelit';

let folder, code;

/** A copy of `workspace/` whose manifest leads to this repo's runtime. */
function copyOfWorkspace() {
  const copy = mkdtempSync(join(tmpdir(), 'cachelit-e2e-'));
  cpSync(join(here, 'workspace'), copy, { recursive: true });
  const manifest = readFileSync(join(copy, 'Cargo.toml.in'), 'utf8');
  writeFileSync(join(copy, 'Cargo.toml'), manifest.replace('@RUNTIME@', JSON.stringify(join(repository, 'runtime'))));
  rmSync(join(copy, 'Cargo.toml.in'));
  copyFileSync(join(repository, 'Cargo.lock'), join(copy, 'Cargo.lock'));
  return copy;
}

/** The process ids of the servers that this VS Code runs: those that work in our copy of the workspace. */
function servers() {
  return readdirSync('/proc').filter(entry => /^\d+$/.test(entry)).filter(pid => {
    try {
      return readlinkSync(`/proc/${pid}/exe`).endsWith('/server/cachelit-server')
        && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`CACHELIT_E2E=${folder}`);
    } catch {
      return false; // it has ended, or is not ours to look at
    }
  }).map(Number);
}

async function open(settings = {}) {
  folder = copyOfWorkspace();
  code = await launch(folder, { vsix, settings, env: { CACHELIT_E2E: folder } });
}

async function close() {
  await code?.close();
  code = undefined;
  rmSync(folder, { recursive: true, force: true });
}

before(() => mkdirSync(screenshots, { recursive: true }));

describe('a mistake in a cached function', () => {
  beforeEach(() => open());
  afterEach(close);

  it('is underlined, explained by the hover, and gone after the quick fix', async () => {
    await code.openFile('src/data.rs');
    const [problem] = (await until('our finding', async () => (await code.problems()).filter(ours)));
    assert.equal(problem.severity, 'error');
    assert.match(problem.code, /CL001|unhashable-param/);
    assert.match(problem.message, /`conn`/);
    assert.deepEqual([problem.line, problem.column], [10, 19]);
    // The editor draws it some time after the panel lists it.
    await until('its underline', async () => (await code.squiggles()).error > 0);
    await code.screenshot(join(screenshots, '1-finding.png'));

    const hover = await code.hoverAt('fetch_rows');
    assert.match(hover, /limit/);
    assert.match(hover, /code hash/i);
    await code.screenshot(join(screenshots, '2-hover.png'));
    await code.press('Escape');

    await code.applyQuickFix('conn', 'Rename to `_conn`');
    await until('no finding of ours', async () => !(await code.squiggles()).error);
    const text = await code.editorText();
    assert.match(text, /fn fetch_rows\(_conn: &Connection, limit: usize\)/);
    assert.match(text, /let rows = _conn\.query\(limit\);/);
    assert.match(text, /from \{_conn:\?\}/);
    assert.doesNotMatch(text, /\bconn\b/);
    await code.screenshot(join(screenshots, '3-fixed.png'));
    assert.match(readFileSync(join(folder, 'src/data.rs'), 'utf8'), /\bconn\b/, 'the file on the disk is not touched before a save');
  });

  it('appears while it is typed, and goes with its correction, without a save', async () => {
    await code.openFile('src/clean.rs');
    await code.clickAt('max_entries');
    await code.goTo(5, 28);
    await code.typeText('x');
    await until('a finding for what was typed', async () => (await code.squiggles()).error > 0);
    await code.screenshot(join(screenshots, '4-typed.png'));
    await code.press('Backspace');
    await until('no finding', async () => (await code.squiggles()).error === 0);
  });

  it('is found again after the server was killed', async () => {
    await code.openFile('src/data.rs');
    await until('a finding', async () => (await code.squiggles()).error > 0);
    const [first, ...others] = await until('one server', servers);
    assert.deepEqual(others, []);
    process.kill(first, 'SIGKILL');
    await until('another server', () => servers().some(pid => pid !== first));
    await until('the finding again', async () => (await code.squiggles()).error > 0);
  });

  it('leaves no server behind when the editor closes', async () => {
    await code.openFile('src/data.rs');
    await until('one server', servers);
    await code.close();
    code = undefined;
    await until('no server', () => servers().length === 0);
  });
});

describe('a wrong `cachelit.server.path`', () => {
  before(() => open({ 'cachelit.server.path': '/no/such/cachelit-server' }));
  after(close);

  it('is reported with what to do', async () => {
    await code.openFile('src/data.rs');
    const [message] = await until('a notification', async () =>
      (await code.notifications()).filter(text => text.includes('cachelit-server')));
    assert.match(message, /\/no\/such\/cachelit-server does not exist/);
    assert.match(message, /correct the setting cachelit\.server\.path|correct the setting `cachelit\.server\.path`/);
    await code.screenshot(join(screenshots, '5-no-server.png'));
  });
});

it('the package carries a server for this machine', () => {
  const listing = execFileSync('python3', ['-m', 'zipfile', '-l', vsix], { encoding: 'utf8' });
  assert.match(listing, /extension\/server\/cachelit-server/);
  assert.doesNotMatch(listing, /node_modules|\.ts\b/);
});
