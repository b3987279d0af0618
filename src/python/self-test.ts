// Attacks the finished sandbox at every start: if one gets through, Python is refused rather than trusted.
import type { PythonHost, PythonRequest, PythonResult } from '../actions/ports.ts'
import { WorkflowError } from '../errors.ts'

/**
 * Each sets `output` to what it got hold of; anything else than None is an escape. Those whose interpreter dies come
 * last, because a new one takes a while.
 */
export const ATTACKS: { [name: string]: string } = {
  'a shell command': `
import posix
output = 'ran' if posix.system('exit 0') == 0 else None`,
  'a file of the host': `
import os
output = None
for path in ('/etc/hostname', '/etc/passwd', '/proc/self/environ', '/proc/1/cmdline'):
    try:
        output = output or open(path).read()
    except OSError:
        pass`,
  'a network connection': `
import importlib.machinery, _imp
spec = importlib.machinery.ModuleSpec('_socket', importlib.machinery.BuiltinImporter, origin='built-in')
try:
    module = _imp.create_builtin(spec)
    _imp.exec_builtin(module)
    output = str(module.socket())
except (OSError, ImportError, AttributeError):
    output = None`,
  'a shared library': `
import _imp, importlib.machinery
open('/tmp/x.so', 'wb').write(b'\\0asm\\1\\0\\0\\0')
try:
    output = str(_imp.create_dynamic(importlib.machinery.ModuleSpec('x', None, origin='/tmp/x.so')))
except ImportError:
    output = None`,
  'JavaScript through a forgotten proxy': `
import gc, sys
output = None
for one in gc.get_objects() + list(sys.modules.values()):
    if 'JsProxy' in type(one).__name__:
        output = str(one.constructor)`,
  'JavaScript through the bridge module': `
import _imp, importlib.machinery
spec = importlib.machinery.ModuleSpec('_pyodide_core', importlib.machinery.BuiltinImporter, origin='built-in')
module = _imp.create_builtin(spec)
_imp.exec_builtin(module)
output = str(module.to_js([1]).constructor)`,
}

/** The workflow that the attacks pretend to belong to. */
export const SELF_TEST = 'self-test'

const MARK = `
import builtins, json, os
json.marked = builtins.marked = True
open('/tmp/mark', 'w').write('x')
os.environ['MARK'] = 'x'`
const LOOK = `
import builtins, json, os
output = [hasattr(json, 'marked'), hasattr(builtins, 'marked'), os.path.exists('/tmp/mark'), 'MARK' in os.environ]
output = output if any(output) else None`

type Run = (request: PythonRequest, host: PythonHost) => Promise<PythonResult>

/** Rejects `python.unavailable` when an attack succeeds, or when plain code does not work. */
export async function selfTest(run: Run, release: (executionId: string) => void): Promise<void> {
  const host: PythonHost = {
    call: () => Promise.reject(new WorkflowError('self_test.call', 'no built-ins here')),
  }
  const attempt = async (executionId: string, code: string) => {
    const result = await run(
      {
        executionId,
        workflowId: SELF_TEST,
        nodeName: 'self-test',
        code,
        source: { file: 'self-test', line: 1 },
        context: {},
        node: {},
        inputs: {},
        outputs: {},
        limits: { wallMs: 10_000, cpuMs: 10_000 },
      },
      host,
    )
    return result
  }
  const refuse = (why: string) =>
    new WorkflowError('python.unavailable', `Python is refused: ${why}.`, {
      hint: 'This Node or Pyodide is not one that the sandbox can hold; use a supported version of Node.',
    })
  const plain = await attempt('self-test', 'output = 6 * 7')
  if (plain.status === 'failed' && plain.error.code === 'python.unavailable') {
    throw new WorkflowError(
      'python.unavailable',
      plain.error.message,
      plain.error.hint ? { hint: plain.error.hint } : {},
    )
  }
  if (plain.status !== 'succeeded' || plain.output !== 42) throw refuse('plain code did not work')
  await attempt('self-test', MARK)
  release('self-test')
  const left = await attempt('self-test look', LOOK)
  if (left.status !== 'succeeded' || left.output !== null) {
    throw refuse('an execution left traces for the next one')
  }
  for (const [name, code] of Object.entries(ATTACKS)) {
    const result = await attempt('self-test look', code)
    if (result.status === 'succeeded' && result.output !== null) {
      throw refuse(`${name} was possible in a test`)
    }
  }
  release('self-test look')
}
