// The one conversion between Python values and JSON, and how it names what it refuses.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DescribedSandbox } from '../../src/python/index.ts'
import { failed, openSandbox, runCode, succeeded } from './sandbox.ts'

let sandbox: DescribedSandbox
beforeAll(async () => {
  sandbox = openSandbox().sandbox
  await sandbox.ready()
}, 180_000)
afterAll(() => sandbox.close())

const setUp = `
import base64, collections, dataclasses, datetime as dt, decimal, enum, uuid
@dataclasses.dataclass
class Item:
    name: str
    price: decimal.Decimal
    tags: set = dataclasses.field(default_factory=set)
class Colour(enum.Enum):
    RED = 'red'
class Size(enum.IntEnum):
    L = 3
Point = collections.namedtuple('Point', 'x y')
zone = dt.timezone(dt.timedelta(hours=2))
`

test.each([
  ['dt.datetime(2030, 1, 2, 3, 4, 5, tzinfo=zone)', '2030-01-02T03:04:05+02:00'],
  ['dt.datetime(2030, 1, 2)', '2030-01-02T00:00:00'],
  ['dt.date(2030, 1, 2)', '2030-01-02'],
  ['dt.time(3, 4)', '03:04:00'],
  ['dt.timedelta(hours=1, milliseconds=500)', 3600.5],
  ['decimal.Decimal("12.500")', '12.500'],
  ['{3, 1, 2}', [1, 2, 3]],
  ['frozenset(["b", "a"])', ['a', 'b']],
  ['(1, (2,))', [1, [2]]],
  ['Point(1, 2)', [1, 2]],
  ['b"\\x00\\xff"', 'AP8='],
  ['bytearray(b"a")', 'YQ=='],
  ['uuid.UUID(int=1)', '00000000-0000-0000-0000-000000000001'],
  ['[Colour.RED, Size.L]', ['red', 3]],
  ['Item("x", decimal.Decimal("1.10"), {2, 1})', { name: 'x', price: '1.10', tags: [1, 2] }],
  ['{1: "a", dt.date(2030, 1, 2): "b", Colour.RED: "c"}', { 1: 'a', '2030-01-02': 'b', red: 'c' }],
  ['collections.OrderedDict(a=1)', { a: 1 }],
  ['2**53 - 1', 9007199254740991],
  ['-(2**53) + 1', -9007199254740991],
  ['1e308', 1e308],
  ['"\\u0000 \\U0001f600 ü"', '\u0000 \u{1f600} ü'],
])('%s becomes JSON', async (expression, value) => {
  expect(succeeded(await runCode(sandbox, `${setUp}\nreturn ${expression}`)).output).toEqual(value)
})

test.each([
  ['{"items": [1, 2, {"when": object()}]}', 'output.items[2].when: object is not JSON'],
  ['{"n": 2**53}', 'output.n: int beyond 2**53 - 1, where JSON numbers lose digits is not JSON'],
  ['[float("nan")]', 'output[0]: nan is not JSON'],
  ['[float("-inf")]', 'output[0]: infinity is not JSON'],
  ['decimal.Decimal("NaN")', 'output: Decimal NaN is not JSON'],
  ['{"a b": "\\ud800"}', "output['a b']: text with a lone surrogate is not JSON"],
  ['{"x": {"__proto__": 1}}', 'output.x: the key "__proto__" is not JSON'],
  ['{(1, 2): 3}', 'output: a key of type tuple is not JSON'],
  ['{1: "a", "1": "b"}', 'output: two keys that are both "1" as text is not JSON'],
  ['(n for n in range(3))', 'output: generator is not JSON'],
  ['{"f": print}', 'output.f: builtin_function_or_method is not JSON'],
  ['Item', 'output: type is not JSON'],
  ['1j', 'output: complex is not JSON'],
])('%s is refused by its path', async (expression, message) => {
  const { error } = failed(await runCode(sandbox, `${setUp}\nreturn ${expression}`))
  expect(error).toMatchObject({ code: 'python.not_json', message })
})

test.each([
  ['context["when"] = object()', 'context.when: object is not JSON'],
  ['node["x"] = {1, object()}', 'node.x['],
  ['context = 5', 'context: int is not JSON'],
])('what is kept is held to the same: %s', async (code, message) => {
  const { error } = failed(await runCode(sandbox, code))
  expect(error.code).toBe('python.not_json')
  expect(error.message).toContain(message)
})

test('a result that contains itself, is too deep or too large says so', async () => {
  expect(failed(await runCode(sandbox, 'x = []\nx.append(x)\nreturn x')).error.message).toContain(
    'contains itself',
  )
  const deep = failed(await runCode(sandbox, 'x = 1\nfor _ in range(99):\n    x = [x]\nreturn x')).error
  expect(deep).toMatchObject({
    code: 'python.result_limit',
    message: expect.stringContaining('deeper than 64 levels'),
  })
  const large = failed(
    await runCode(sandbox, 'context["log"] = "x" * 5000', { limits: { resultBytes: 2000 } }),
  ).error
  expect(large).toMatchObject({
    code: 'python.result_limit',
    message: expect.stringContaining('context is 5,0'),
  })
})

test('one value may be handed on in two places', async () => {
  expect(succeeded(await runCode(sandbox, 'x = [1]\nreturn [x, x]')).output).toEqual([[1], [1]])
})

test('what arrives is what was sent, as dict, list, str, int, float, bool and None', async () => {
  const inputs = { a: [1, 2.5, -0.5, 1e300, true, null, 'ü\u{1f600}\u2028'], b: { c: {} } }
  const code = 'return [inputs, [type(one).__name__ for one in inputs["a"]]]'
  expect(succeeded(await runCode(sandbox, code, { inputs })).output).toEqual([
    inputs,
    ['int', 'float', 'float', 'float', 'bool', 'NoneType', 'str'],
  ])
})
