// The description of the API: it is complete, valid, and what the API answers fits it.
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { endpoints } from '../../src/http/endpoints/index.ts'
import { createBot } from './bot.ts'
import { createOrderBot } from './office.ts'

interface Document {
  openapi: string
  paths: { [path: string]: { [method: string]: Operation } }
  components: { schemas: { [name: string]: object } }
}
interface Operation {
  operationId: string
  parameters?: { name: string; in: string; required: boolean; schema: object }[]
  requestBody?: { content: { 'application/json': { schema: object } } }
  responses: { [status: string]: { content: { 'application/json': { schema: object } } } }
}

const bot = createBot()
const document = (await (await bot.ask('/api/openapi.json')).json()) as Document

const ajv = new Ajv2020({ strict: false })
formats.default(ajv)
ajv.addSchema(document, 'openapi.json')

/** A schema of the document, with its references kept. */
function validator(pointer: string[]) {
  const path = pointer
    .map((part) => encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1')))
    .join('/')
  return ajv.compile({ $ref: `openapi.json#/${path}` })
}

function answerValidator(path: string, method: string, status: number) {
  return validator([
    'paths',
    path,
    method,
    'responses',
    String(status),
    'content',
    'application/json',
    'schema',
  ])
}

describe('the OpenAPI document', () => {
  it('is of version 3.1 and describes every endpoint once', () => {
    expect(document.openapi).toBe('3.1.0')
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    expect(operations.sort()).toEqual(endpoints.map(({ method, path }) => `${method} ${path}`).sort())
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((one) => one.operationId),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('names every parameter that stands in a path', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      for (const { parameters = [] } of Object.values(methods)) {
        expect(parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(wanted)
      }
    }
  })

  it('has no reference that leads nowhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      (match) => match[1] ?? '',
    )
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    expect(references.length).toBeGreaterThan(20)
    expect([...new Set(references)].filter((one) => !known.includes(one))).toEqual([])
  })

  it('has schemas of which each compiles', () => {
    for (const name of Object.keys(document.components.schemas)) {
      expect(() => validator(['components', 'schemas', name])).not.toThrow()
    }
  })
})

describe('what the API answers', () => {
  it.each([
    ['/api/workflows', '/api/workflows'],
    ['/api/workflows/{workflowId}', '/api/workflows/sample'],
    ['/api/workflows/{workflowId}', '/api/workflows/broken'],
    ['/api/executions', '/api/executions'],
    ['/api/executions/{executionId}', '/api/executions/x1'],
    ['/api/health', '/api/health'],
  ])('to %s fits its description (%s)', async (path, address) => {
    await bot.post({ inputs: { name: 'Ana' } }, { Prefer: 'wait=5' })
    const response = await bot.ask(address)
    const fits = answerValidator(path, 'get', response.status)
    fits(await response.json())
    expect(fits.errors).toBeNull()
  })

  it('to a start fits its description, finished or not', async () => {
    const path = '/api/workflows/{workflowId}/executions'
    for (const headers of [undefined, { Prefer: 'wait=5' }]) {
      const response = await bot.post({}, headers)
      const fits = answerValidator(path, 'post', response.status)
      fits(await response.json())
      expect(fits.errors).toBeNull()
    }
    const body = validator(['paths', path, 'post', 'requestBody', 'content', 'application/json', 'schema'])
    expect([body({ inputs: { a: [1, null] } }), body({}), body({ input: {} }), body({ inputs: 3 })]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('to what stops, repeats, takes back, decides and locks fits its description', async () => {
    const bot = createOrderBot()
    const [asked, stopped] = [await bot.order(), await bot.order()]
    const requests: [method: string, path: string, address: string, body?: object][] = [
      ['get', '/api/pending', '/api/pending'],
      [
        'post',
        '/api/executions/{executionId}/decisions',
        `/api/executions/${asked}/decisions`,
        { decision: 'approve' },
      ],
      ['post', '/api/executions/{executionId}/cancel', `/api/executions/${stopped}/cancel`, { reason: 'x' }],
      ['post', '/api/executions/{executionId}/retry', `/api/executions/${stopped}/retry`, { from: 'start' }],
      ['post', '/api/executions/{executionId}/rollback', `/api/executions/${asked}/rollback`],
      ['put', '/api/workflows/{workflowId}/lock', '/api/workflows/order/lock', { duration: '2h' }],
      ['delete', '/api/workflows/{workflowId}/lock', '/api/workflows/order/lock'],
      ['get', '/api/workflows/{workflowId}/versions', '/api/workflows/order/versions'],
      ['get', '/api/workflows/{workflowId}/replays', '/api/workflows/order/replays'],
      ['get', '/api/workflows/{workflowId}/tests', '/api/workflows/order/tests'],
    ]
    for (const [method, path, address, body] of requests) {
      const response = await bot.send(method.toUpperCase(), address, body)
      expect([path, response.ok]).toEqual([path, true])
      const fits = answerValidator(path, method, response.status)
      fits(await response.json())
      expect([path, fits.errors]).toEqual([path, null])
      if (body === undefined) continue
      const wants = validator([
        ...['paths', path, method, 'requestBody', 'content', 'application/json', 'schema'],
      ])
      expect([path, wants(body), wants({ ...body, more: 1 })]).toEqual([path, true, false])
      await bot.clock.advance(0)
    }
  })

  it('as a refusal fits its description', async () => {
    for (const [address, status] of [
      ['/api/workflows/nope', 404],
      ['/api/executions/nope', 404],
    ] as const) {
      const fits = validator(['components', 'schemas', 'Error'])
      const response = await bot.ask(address)
      expect([response.status, fits(await response.json())]).toEqual([status, true])
    }
  })
})
