// Builds a .vsix for this platform that carries the server: `npm run package [-- --out FILE --profile PROFILE]`, where
// the cargo profile is `release` unless said otherwise; `--server FILE` takes a server that is built already.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const repository = dirname(dirname(here));
const windows = process.platform === 'win32';
const program = windows ? 'cachelit-server.exe' : 'cachelit-server';
const target = `${process.platform}-${process.arch}`;
const { values } = parseArgs({ options: {
  out: { type: 'string', default: join(here, `cachelit-${target}.vsix`) },
  profile: { type: 'string', default: 'release' },
  server: { type: 'string' },
} });

const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: 'inherit', shell: windows });
const builtProgram = () => {
  const messages = execFileSync('cargo', ['build', '--profile', values.profile, '--locked', '--package', 'cachelit-server', '--message-format', 'json-render-diagnostics'],
    { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 64 << 20 });
  const artifact = messages.split('\n').filter(line => line.includes('"executable":"')).map(line => JSON.parse(line))
    .find(message => message.target.name === 'cachelit-server');
  if (!artifact) throw new Error('cargo built no cachelit-server');
  return artifact.executable;
};

const bundled = join(here, 'server');
rmSync(bundled, { recursive: true, force: true });
mkdirSync(bundled);
copyFileSync(values.server ? resolve(values.server) : builtProgram(), join(bundled, program));
chmodSync(join(bundled, program), 0o755);
run('npm', ['run', '--silent', 'check'], here);
run('npm', ['run', '--silent', 'bundle'], here);
run(join(here, 'node_modules/.bin/vsce'), ['package', '--no-dependencies', '--target', target, '--out', values.out], here);
