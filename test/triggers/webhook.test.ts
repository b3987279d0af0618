// What a webhook node says: how it may be written, and what it takes from a body.
import { describe, expect, it } from 'vitest'
import { checkWorkflow } from '../../src/definition/assemble.ts'
import type { Json } from '../../src/json.ts'
import { nodeKinds } from '../../src/kinds.ts'
import { inputsFromBody, type WebhookNode } from '../../src/triggers/webhook.ts'

async function faultsOf(fields: string): Promise<string[]> {
  const text = `metadata: {id: sample, name: Sample}
nodes:
  - name: order placed
    type: webhook
${fields.replace(/^/gm, '    ')}
`
  const place = { folder: '/w/sample', file: 'w.yaml', shown: (path: string) => path, kinds: nodeKinds() }
  const checked = await checkWorkflow(text, { ...place, checkCode: undefined })
  return checked.ok
    ? []
    : checked.faults.map(({ code, hint, line }) => `${line} ${code}${hint ? `: ${hint}` : ''}`)
}

describe('a webhook in a file', () => {
  it('needs the name of a secret, and takes inputs, where they are found, and a tolerance', async () => {
    expect(await faultsOf('secret: SHOP')).toEqual([])
    expect(
      await faultsOf('secret: SHOP\ntolerance: 5m\ninputs: {sku: {type: string}}\nmap: {sku: body.item.sku}'),
    ).toEqual([])
    expect((await faultsOf('inputs: {}'))[0]).toMatch(/^3 workflow.missing_field: the secret/)
  })

  it.each(['shop', '"{{ secrets.SHOP }}"', '"SECRET SHOP"', '""'])(
    'refuses %s as the name of a secret',
    async (name) => {
      expect(await faultsOf(`secret: ${name}`)).toHaveLength(1)
    },
  )

  it('is told when it fills an input that it does not have, with the nearest', async () => {
    expect(await faultsOf('secret: SHOP\ninputs: {sku: {type: string}}\nmap: {skv: body.sku}')).toEqual([
      '7 workflow.webhook_map: did you mean "sku"?',
    ])
  })

  it.each([
    ['body.', 'expression.syntax'],
    ['bodi.sku', 'expression.unknown_name'],
    ['inputs.sku', 'workflow.webhook_map'],
    ['context.sku', 'workflow.webhook_map'],
  ])('is told when %s cannot be evaluated', async (text, code) => {
    const faults = await faultsOf(`secret: SHOP\ninputs: {sku: {type: string}}\nmap: {sku: "${text}"}`)
    expect(faults.map((fault) => fault.split(/[ :]/)[1])).toEqual([code])
  })
})

describe('the inputs in a body', () => {
  const node = (map: { [name: string]: string }) =>
    ({
      name: 'hook',
      type: 'webhook',
      secret: 'SHOP',
      inputs: { sku: { type: 'string' }, count: { type: 'integer' } },
      map,
    }) as unknown as WebhookNode

  it('are found by name or by expression; everything else is left alone', () => {
    expect(inputsFromBody(node({}), { sku: 'A', other: 1 })).toEqual({ sku: 'A' })
    expect(inputsFromBody(node({ count: 'size(body.items)' }), { sku: 'A', items: [1, 2] })).toEqual({
      sku: 'A',
      count: 2,
    })
    expect(inputsFromBody(node({ sku: 'body[0]' }), ['A'])).toEqual({ sku: 'A' })
  })

  it.each([null, 1, 'sku', [], ['sku', 'A']] as Json[])('are none in %j', (body) => {
    expect(inputsFromBody(node({}), body)).toEqual({})
  })

  it('that may be missing are read with a default', () => {
    expect(inputsFromBody(node({ sku: 'body.?item.?sku.orValue(null)' }), {})).toEqual({ sku: null })
    expect(() => inputsFromBody(node({ sku: 'body.item.sku' }), { item: { price: 17 } })).toThrowError(
      expect.objectContaining({ code: 'inputs.invalid', message: expect.not.stringContaining('17') }),
    )
  })
})
