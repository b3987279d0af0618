// `records`: the team's data, in collections. Python reads at once; what it changes is written together, once the
// code has succeeded, or not at all.
import { z } from 'zod'
import { WorkflowError } from '../errors.ts'
import { type Json, type JsonObject, jsonObjectSchema } from '../json.ts'
import { type BuiltinFamily, type BuiltinSession, builtin } from './builtin.ts'
import { compareValues, matches, whereSchema } from './record-query.ts'

const collection = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,59}$/, 'lower-case letters, digits and "_", starting with a letter')
const key = z.union([z.string().min(1).max(200), z.number().int()]).transform(String)

const parameter = {
  collection: { name: 'collection', annotation: 'str' },
  key: { name: 'key', annotation: 'str | int' },
  record: { name: 'record', annotation: 'dict' },
}

/** The key of a record, taken from its own key field. */
function keyOf(session: BuiltinSession, name: string, record: JsonObject): string {
  const field = session.records.keyField(name)
  const value = record[field]
  if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value)
  throw new WorkflowError(
    'records.no_key',
    `A record of "${name}" needs a "${field}", which identifies it.`,
    {
      hint: `Give each record a text or a number as "${field}".`,
    },
  )
}

function existing(session: BuiltinSession, name: string, wanted: string): JsonObject {
  const record = session.records.get(name, wanted)
  if (record) return record
  throw new WorkflowError('records.not_found', `"${name}" holds no record "${wanted}".`, {
    hint: 'records.get answers None for a record that does not exist; records.upsert creates it.',
  })
}

export const records: BuiltinFamily = {
  errors: [
    { exception: 'RecordNotFound', code: 'records.not_found', doc: 'There is no record of this key.' },
    { exception: 'RecordExists', code: 'records.exists', doc: 'There is a record of this key already.' },
    {
      exception: 'RecordInvalid',
      code: 'records.no_key',
      doc: 'The record lacks the field that identifies it.',
    },
  ],
  builtins: [
    builtin({
      spec: {
        name: 'records.query',
        parameters: [
          parameter.collection,
          { name: 'where', annotation: 'dict | None', default: null },
          { name: 'order_by', annotation: 'str | None', default: null, keywordOnly: true },
          { name: 'limit', annotation: 'int | None', default: null, keywordOnly: true },
        ],
        returns: 'list[dict]',
        doc: 'The records of a collection, in order of insertion or by a field (`-field` for descending). `where` maps fields to values, or to conditions: eq, ne, lt, lte, gt, gte, in, not_in, contains, is_null.',
      },
      args: z.object({
        collection,
        where: whereSchema.nullable(),
        order_by: z.string().nullable(),
        limit: z.number().int().min(0).nullable(),
      }),
      call({ collection: name, where, order_by: orderBy, limit }, session) {
        const found: JsonObject[] = []
        for (const record of session.records.all(name))
          if (!where || matches(record, where)) found.push(record)
        if (orderBy) {
          const descending = orderBy.startsWith('-')
          const field = descending ? orderBy.slice(1) : orderBy
          found.sort((a, b) => compareValues(a[field], b[field]) * (descending ? -1 : 1))
        }
        return limit === null ? found : found.slice(0, limit)
      },
    }),
    builtin({
      spec: {
        name: 'records.get',
        parameters: [parameter.collection, parameter.key],
        returns: 'dict | None',
        doc: 'The record of this key, or None.',
      },
      args: z.object({ collection, key }),
      call: ({ collection: name, key: wanted }, session) => session.records.get(name, wanted) ?? null,
    }),
    builtin({
      spec: {
        name: 'records.count',
        parameters: [parameter.collection, { name: 'where', annotation: 'dict | None', default: null }],
        returns: 'int',
        doc: 'How many records match; see records.query.',
      },
      args: z.object({ collection, where: whereSchema.nullable() }),
      call({ collection: name, where }, session) {
        let count = 0
        for (const record of session.records.all(name)) if (!where || matches(record, where)) count++
        return count
      },
    }),
    builtin({
      spec: {
        name: 'records.insert',
        parameters: [parameter.collection, parameter.record],
        returns: 'dict',
        doc: 'Adds a record. Raises RecordExists when there is one of this key.',
      },
      args: z.object({ collection, record: jsonObjectSchema }),
      call({ collection: name, record }, session): Json {
        session.records.insert(name, keyOf(session, name, record), record)
        return record
      },
    }),
    builtin({
      spec: {
        name: 'records.update',
        parameters: [parameter.collection, parameter.key, { name: 'changes', annotation: 'dict' }],
        returns: 'dict',
        doc: 'Changes fields of a record and answers the whole record. Raises RecordNotFound.',
      },
      args: z.object({ collection, key, changes: jsonObjectSchema }),
      call({ collection: name, key: wanted, changes }, session): Json {
        const next = { ...existing(session, name, wanted), ...changes }
        if (keyOf(session, name, next) !== wanted) {
          throw new WorkflowError(
            'records.no_key',
            `The "${session.records.keyField(name)}" of a record cannot be changed.`,
            {
              hint: 'Insert a new record and delete the old one.',
            },
          )
        }
        session.records.replace(name, wanted, next)
        return next
      },
    }),
    builtin({
      spec: {
        name: 'records.upsert',
        parameters: [parameter.collection, parameter.record],
        returns: 'dict',
        doc: 'Adds the record, or replaces the one of the same key.',
      },
      args: z.object({ collection, record: jsonObjectSchema }),
      call({ collection: name, record }, session): Json {
        session.records.replace(name, keyOf(session, name, record), record)
        return record
      },
    }),
    builtin({
      spec: {
        name: 'records.delete',
        parameters: [parameter.collection, parameter.key],
        returns: 'bool',
        doc: 'Removes a record; False when there was none.',
      },
      args: z.object({ collection, key }),
      call({ collection: name, key: wanted }, session) {
        const found = session.records.get(name, wanted) !== undefined
        if (found) session.records.delete(name, wanted)
        return found
      },
    }),
  ],
}
