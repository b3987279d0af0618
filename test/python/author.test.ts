// What an author meets: results, errors with their own lines, what they printed, and the built-ins.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Printed } from '../../src/engine/report.ts'
import type { DescribedSandbox } from '../../src/python/index.ts'
import { failed, host, openSandbox, runCode, succeeded } from './sandbox.ts'

let sandbox: DescribedSandbox
beforeAll(async () => {
  sandbox = openSandbox().sandbox
  await sandbox.ready()
}, 180_000)
afterAll(() => sandbox.close())

const output = async (code: string, options = {}) => succeeded(await runCode(sandbox, code, options)).output
const fault = async (code: string, options = {}) => failed(await runCode(sandbox, code, options)).error

describe('a node hands on', () => {
  test.each([
    ['what it returns at top level', 'return {"a": [1, 2.5, None, True]}', { a: [1, 2.5, null, true] }],
    ['what it returns from within a block', 'for n in range(9):\n    if n == 4:\n        return n', 4],
    ['its variable output', 'output = [1]', [1]],
    ['output, when it returns nothing', 'output = 1\nif output:\n    return', 1],
    ['what it returned, when there is both', 'output = 1\nreturn 2', 2],
    ['nothing as null', 'x = 1', null],
    ['what it awaited', 'import asyncio\nawait asyncio.sleep(0)\nreturn 5', 5],
    [
      'what tasks of its own computed',
      'import asyncio\nasync def f(n):\n    return n * 2\nreturn await asyncio.gather(f(1), f(2))',
      [2, 4],
    ],
    [
      'what an asynchronous comprehension made',
      'async def g():\n    yield 1\n    yield 2\noutput = [x async for x in g()]',
      [1, 2],
    ],
    ['false values as they are', 'output = 7\nreturn 0', 0],
  ])('%s', async (_what, code, value) => {
    expect(await output(code)).toEqual(value)
  })

  test('names at top level are global to its functions, with and without return', async () => {
    const code = `
total: int = 0
from math import *
def add(n):
    global total
    total += n
for step in range(4):
    add(step)
class Box:
    size = total
try:
    1 / 0
except ZeroDivisionError as error:
    text = str(error)
match [1, [2, 3]]:
    case [first, [*rest]]:
        pass
if (found := floor(2.5)) == 2:
    values = [total for _ in range(2)]
`
    const value = [6, 6, 'division by zero', [2, 3], 2, [6, 6]]
    expect(await output(`${code}\nreturn [total, Box.size, text, rest, found, values]`)).toEqual(value)
    expect(await output(`${code}\noutput = [total, Box.size, text, rest, found, values]`)).toEqual(value)
  })
})

describe('a node sees', () => {
  test('context, node, inputs and outputs as plain values', async () => {
    const given = {
      context: { a: 1 },
      node: { tries: 2 },
      inputs: { who: 'Ana' },
      outputs: { 'first node': [1] },
    }
    expect(
      await output('return [context, node, inputs, outputs["first node"], type(context) is dict]', given),
    ).toEqual([{ a: 1 }, { tries: 2 }, { who: 'Ana' }, [1], true])
  })

  test('changes of context and node come back, those of inputs and outputs do not', async () => {
    const given = { context: { a: 1 }, node: {}, inputs: { i: 1 }, outputs: { o: 1 } }
    const code = 'context["b"] = 2\nnode = {"n": 1}\ninputs["i"] = outputs["o"] = 9'
    const result = succeeded(await runCode(sandbox, code, given))
    expect(result).toMatchObject({ context: { a: 1, b: 2 }, node: { n: 1 } })
    expect(given).toEqual({ context: { a: 1 }, node: {}, inputs: { i: 1 }, outputs: { o: 1 } })
  })

  test('its own context after a failure too', async () => {
    const result = failed(
      await runCode(sandbox, 'node["tries"] = 3\nraise ValueError("no")', { node: { tries: 2 } }),
    )
    expect(result.node).toEqual({ tries: 3 })
  })

  test('no globals of an earlier node of the same execution', async () => {
    await runCode(sandbox, 'secret = 1', { executionId: 'same', keep: true })
    expect(await output('return "secret" in globals()', { executionId: 'same' })).toBe(false)
  })
})

describe('an error', () => {
  test('shows the exception, the file, the line and the text of that line', async () => {
    expect(await fault('items = {"a": 1}\n\nprint("before")\nx = items["b"]  # here', { line: 31 })).toEqual({
      code: 'python.exception',
      message: "KeyError: 'b'",
      exception: 'KeyError',
      file: 'workflows/test/workflow.yaml',
      line: 34,
      source: 'x = items["b"]  # here',
      frames: [
        {
          file: 'workflows/test/workflow.yaml',
          line: 34,
          function: '<module>',
          source: 'x = items["b"]  # here',
        },
      ],
    })
  })

  test('shows the frames of the author alone, outermost first', async () => {
    const code = 'import json\ndef load(text):\n    return json.loads(text)\n\nreturn load("{")'
    const error = await fault(code, { line: 1 })
    expect(error.frames?.map((frame) => [frame.line, frame.function])).toEqual([
      [5, '<module>'],
      [3, 'load'],
    ])
    expect(error).toMatchObject({
      exception: 'json.decoder.JSONDecodeError',
      line: 3,
      source: 'return json.loads(text)',
    })
  })

  test('keeps what was printed before it', async () => {
    const result = failed(await runCode(sandbox, 'print("one")\nprint("two", end="")\n1 / 0'))
    expect(result.printed).toEqual([
      { stream: 'stdout', text: 'one' },
      { stream: 'stdout', text: 'two' },
    ])
  })

  test('of syntax names the line, at run time as at load time', async () => {
    const code = 'x = 1\ny = (2,\nz = 3 +'
    const source = { file: 'workflows/a/workflow.yaml', line: 12 }
    const checked = await sandbox.check(code, source)
    expect(checked).toMatchObject({
      code: 'python.syntax_error',
      exception: 'SyntaxError',
      file: source.file,
      line: 13,
      source: 'y = (2,',
    })
    expect(await fault(code, { line: 12 })).toMatchObject({ code: 'python.syntax_error', line: 13 })
  })

  test.each(['return 1', 'await f()', 'return await f()', 'from os import *\nreturn 1'])(
    'is not found in: %s',
    async (code) => {
      expect(await sandbox.check(code, { file: 'a.py', line: 1 })).toBeNull()
    },
  )

  test.each([
    ['yield 1\nreturn 2', 'yield'],
    ['def f():\n    await g()', 'await'],
    ['break', 'break'],
    ['x = "\u0000"', 'null'],
  ])('is found in: %j', async (code, word) => {
    expect((await sandbox.check(code, { file: 'a.py', line: 1 }))?.message).toContain(word)
  })

  test('of an import says what is available', async () => {
    expect(await fault('import requests')).toMatchObject({
      exception: 'ModuleNotFoundError',
      hint: expect.stringContaining('no network'),
    })
    expect((await fault('import pandas')).hint).toContain('standard library')
    expect((await fault('import js')).message).toContain("No module named 'js'")
  })

  test('with a text that cannot be read is an error all the same', async () => {
    const code = 'class Evil(Exception):\n    def __str__(self):\n        raise ValueError\nraise Evil()'
    expect(await fault(code)).toMatchObject({
      exception: 'Evil',
      message: 'Evil: (its message could not be read)',
    })
  })

  test('names the line that was running when the time was over, in Python and in C', async () => {
    const limits = { wallMs: 300 }
    expect(await fault('x = 1\nwhile x:\n    x += 1', { limits })).toMatchObject({
      code: 'python.timed_out',
      line: 12,
      source: 'x += 1',
    })
    expect(await fault('x = 1\nsum(range(10**12))\nx = 2', { limits })).toMatchObject({
      code: 'python.timed_out',
      line: 11,
    })
  })

  test('never shows where the bot lives', async () => {
    const error = await fault(
      'import traceback\ntry:\n    records.get("x")\nexcept Exception:\n    print(traceback.format_exc())\n    raise',
    )
    expect(JSON.stringify(error)).not.toContain('node_modules')
  })
})

describe('printing', () => {
  test('is told line by line while the code runs, and is in the result', async () => {
    const live: Printed[] = []
    const code =
      'import sys\nprint("ü", 1)\nprint("bad", file=sys.stderr)\nsys.stdout.write("a\\nb")\nprint("\\ud800")'
    const seen: number[] = []
    const result = succeeded(
      await runCode(sandbox, `${code}\necho(1)\nprint("after")`, {
        host: {
          call: async () => {
            seen.push(live.length)
            return null
          },
          print: (printed) => live.push(printed),
        },
      }),
    )
    expect(result.printed).toEqual([
      { stream: 'stdout', text: 'ü 1' },
      { stream: 'stderr', text: 'bad' },
      { stream: 'stdout', text: 'a' },
      { stream: 'stdout', text: 'b\\ud800' },
      { stream: 'stdout', text: 'after' },
    ])
    expect(live).toEqual(result.printed)
    expect(seen).toEqual([4])
  })

  test('beyond the limit is dropped and counted', async () => {
    const result = succeeded(
      await runCode(sandbox, 'print("x" * 3000)\nreturn 1', { limits: { outputBytes: 1000 } }),
    )
    expect(result.printed.map((one) => one.text.length > 900 || one.text)).toEqual([
      true,
      '(2001 more bytes of output were dropped)',
    ])
  })
})

describe('a built-in', () => {
  test('receives its arguments by name, defaults included', async () => {
    const calls: unknown[] = []
    const record = {
      call: async (name: string, args: object) => {
        calls.push([name, args])
        return null
      },
    }
    await runCode(
      sandbox,
      'records.query("inventory", {"stock": 1}, limit=5)\nrecords.query(collection="x")',
      { host: record },
    )
    expect(calls).toEqual([
      ['records.query', { collection: 'inventory', where: { stock: 1 }, limit: 5 }],
      ['records.query', { collection: 'x', where: null, limit: 100 }],
    ])
  })

  test('has a signature and a text for help()', async () => {
    const code =
      'import inspect\nreturn [str(inspect.signature(records.query)), records.query.__doc__, records.query.__qualname__]'
    expect(await output(code)).toEqual([
      "(collection: 'str', where: 'dict | None' = None, *, limit: 'int' = 100) -> 'list[dict]'",
      'Records of a collection.',
      'records.query',
    ])
    const { printed } = succeeded(await runCode(sandbox, 'help(records)'))
    expect(printed.map((one) => one.text).join('\n')).toContain(
      'query(collection: str, where: dict | None = None, *, limit: int = 100)',
    )
  })

  test('refuses wrong arguments with the line of the call', async () => {
    expect(await fault('records.query()')).toMatchObject({
      exception: 'TypeError',
      line: 10,
      message: expect.stringContaining('collection'),
    })
    expect(await fault('records.query("x", {"when": object()})')).toMatchObject({
      code: 'python.not_json',
      message: 'records.query.where.when: object is not JSON',
    })
  })

  test('answers a time as an aware datetime', async () => {
    expect(await output('return [type(now()).__name__, now().tzinfo is not None, now()]')).toEqual([
      'datetime',
      true,
      '2030-01-02T03:04:05.678000+00:00',
    ])
  })

  test('fails with an exception that code can catch by its name', async () => {
    const code =
      'try:\n    records.get("x")\nexcept RecordNotFound as error:\n    return [error.code, error.message, error.hint, isinstance(error, BuiltinError)]'
    expect(await output(code)).toEqual(['records.not_found', 'There is no record "x".', 'Look again.', true])
  })

  test('that nobody catches ends the node with its code, message and hint', async () => {
    expect(await fault('x = 1\nrecords.get("x")')).toMatchObject({
      code: 'records.not_found',
      message: 'There is no record "x".',
      hint: 'Look again.',
      exception: 'RecordNotFound',
      line: 11,
    })
  })

  test('that fails by our own mistake ends the node, even if the code swallows it, and tells nothing', async () => {
    const error = await fault('try:\n    broken()\nexcept Exception as error:\n    print(error)')
    expect(error.code).toBe('internal.unexpected')
    expect(JSON.stringify(error)).not.toContain('undefined is not a function')
  })

  test('may be called so often and no more', async () => {
    expect(await fault('while True:\n    echo(1)', { limits: { hostCalls: 7 } })).toMatchObject({
      code: 'python.call_limit',
      line: 11,
    })
  })

  test('that answers too much is an error for the code, and inputs that are too large one for the node', async () => {
    const huge = { call: async () => 'x'.repeat(17 * 1024 * 1024) }
    expect((await fault('echo(1)', { host: huge })).code).toBe('builtin.answer_too_large')
    const inputs = { text: 'x'.repeat(33 * 1024 * 1024) }
    expect((await fault('return 1', { inputs })).code).toBe('python.input_limit')
    expect(await output('return 1')).toBe(1)
  })

  test('whose bot fails to show what is printed does not suffer for it', async () => {
    const showing = {
      ...host,
      print: () => {
        throw new Error('nobody is there')
      },
    }
    expect(await output('print("x")\nreturn 1', { host: showing })).toBe(1)
  })

  test('is not asked twice when code hands in a value that changes', async () => {
    let asked = 0
    await runCode(sandbox, 'echo([1])', {
      host: {
        call: (name, args) => {
          asked++
          return host.call(name, args)
        },
      },
    })
    expect(asked).toBe(1)
  })
})
