// Makes a definition out of the text of one workflow file: schema, structure, code and seeds, with every fault placed.
import { basename, join } from 'node:path'
import { readBeside } from './beside.ts'
import type { Call } from './calls.ts'
import { checkCriteria } from './criteria-faults.ts'
import { type FieldPath, type ParsedFile, type Place, readDocument } from './document.ts'
import { compileExpression, type ExpressionFault } from './expression.ts'
import type { Fault } from './fault.ts'
import type { CodeProblem, LoadOptions } from './load.ts'
import { suggestion } from './nearest.ts'
import { checkExpression, checkTemplate } from './references.ts'
import {
  type Collection,
  edgeSchema,
  type NodeFault,
  type NodeKind,
  type SourceLocation,
  type WorkflowDefinition,
  type WorkflowNode,
} from './schema.ts'
import { checkAgainst, type SchemaFault } from './schema-faults.ts'
import { readSeed, type Seed } from './seed.ts'
import { checkStructure, type NamedNode, type PlacedEdge, type StructureFault } from './structure.ts'
import { nodeSchema, workflowFileSchema } from './workflow-schema.ts'

export interface WorkflowPlace {
  /** Absolute path of the workflow's folder. */
  folder: string
  /** The workflow file as people know it. */
  file: string
  /** How people know a file by its absolute path. */
  shown: (path: string) => string
  kinds: NodeKind[]
  checkCode: LoadOptions['checkCode']
}

export type CheckedWorkflow = { calls: Call[] } & (
  | { ok: true; definition: WorkflowDefinition; seeds: Seed[] }
  | { ok: false; faults: Fault[]; id: string | undefined }
)

type Fields = { [field: string]: unknown }

interface CheckedNode {
  index: number
  kind: NodeKind
  node: WorkflowNode
}

/** Checks the text of a workflow file. Reads the files that it names, and nothing else. */
export async function checkWorkflow(text: string, place: WorkflowPlace): Promise<CheckedWorkflow> {
  const document = readDocument(text)
  if (!document.ok) {
    const faults = document.problems.map((problem): Fault => ({ ...problem, file: place.file }))
    return { ok: false, faults, id: undefined, calls: [] }
  }
  const file = document.file
  const faults = new FaultList(place.file, file)
  if (!isFields(file.data)) {
    faults.add({
      code: 'workflow.invalid_field',
      message: 'the file should be an object with metadata, nodes and edges.',
      path: [],
    })
    return { ok: false, faults: faults.sorted(), id: undefined, calls: [] }
  }
  const { $schema: _, ...data } = file.data

  const whole = checkAgainst(workflowFileSchema, data)
  if (!whole.ok) for (const fault of whole.faults) faults.add(fault)
  const rawNodes = Array.isArray(data.nodes) ? data.nodes : []
  const edges = validEdges(data.edges)
  const nodes = rawNodes.flatMap((raw: unknown, index): CheckedNode[] =>
    checkNode(raw, index, place.kinds, faults),
  )
  if (rawNodes.length > 0) {
    const named = namedNodes(rawNodes, place.kinds)
    const allRead = named.length === rawNodes.length && named.every((node) => node.role !== undefined)
    const allEdges = edges.length === (Array.isArray(data.edges) ? data.edges.length : 0)
    for (const fault of checkStructure(named, edges, allRead && allEdges)) faults.add(fault)
  }

  const key = whole.ok ? whole.value.settings.concurrency?.key : undefined
  const keyFault = key === undefined ? undefined : compileExpression(key)
  if (keyFault?.ok === false) faults.add({ ...keyFault.fault, path: ['settings', 'concurrency', 'key'] })

  if (whole.ok) {
    const names = rawNodes.flatMap((raw) => (isFields(raw) && typeof raw.name === 'string' ? [raw.name] : []))
    for (const fault of checkCriteria(whole.value.criteria ?? [], names)) faults.add(fault)
  }

  const id = claimedId(data, place.folder, faults)
  const draft: WorkflowDefinition = {
    ...(whole.ok ? whole.value : emptyDefinition(basename(place.folder))),
    nodes: nodes.map(({ node }) => node),
    edges: edges.map(({ index: _index, ...edge }) => edge),
  }
  for (const fault of outputFaults(draft)) faults.add({ ...fault, path: ['output'] })
  for (const { kind, node, index } of nodes) {
    const found = [...textFaults(kind, node, draft), ...(kind.check?.(node, draft) ?? [])]
    for (const fault of found) faults.add(within(fault, ['nodes', index]))
  }
  for (const { kind, node, index } of nodes) await readCode(kind, node, index, place, faults)
  const seeds = whole.ok ? await readSeeds(whole.value.collections, place, faults) : []

  const calls = nodes.flatMap(({ kind, node, index }) =>
    (kind.calls?.(node) ?? []).map(({ workflow, path }) => ({
      workflow,
      place: faults.at(['nodes', index, ...path]),
    })),
  )
  if (faults.any || !whole.ok) return { ok: false, faults: faults.sorted(), id, calls }
  // Plain JSON, without the fields that zod leaves undefined: it is stored and sent as it is.
  return { ok: true, definition: JSON.parse(JSON.stringify(draft)) as WorkflowDefinition, seeds, calls }
}

/** The output of a workflow may read what any of its nodes gave. */
function outputFaults({ output, nodes, edges }: WorkflowDefinition): ExpressionFault[] {
  if (output === undefined) return []
  const node = 'the end'
  const after = nodes.map(({ name }) => ({ from: name, to: node }))
  return checkExpression(output, {
    definition: { nodes: [...nodes, { name: node }], edges: [...edges, ...after] },
    node,
  })
}

/** What is wrong with the templates and expressions that stand in a node's own fields. */
function textFaults(kind: NodeKind, node: WorkflowNode, definition: WorkflowDefinition): NodeFault[] {
  return (kind.texts?.(node) ?? []).flatMap(({ is, text, variables = [], path }) => {
    const place = {
      definition,
      node: node.name,
      variables: node.for_each ? [...variables, 'item', 'index'] : variables,
      condition: is === 'condition',
    }
    const faults = is === 'template' ? checkTemplate(text, place) : checkExpression(text, place)
    return faults.map(({ code, message, hint }) => ({ code, message, ...(hint ? { hint } : {}), path }))
  })
}

function checkNode(raw: unknown, index: number, kinds: NodeKind[], faults: FaultList): CheckedNode[] {
  const path = ['nodes', index]
  if (!isFields(raw)) {
    faults.add({
      code: 'workflow.invalid_field',
      message: 'a node should be an object with name and type.',
      path,
    })
    return []
  }
  const types = kinds.map((kind) => kind.type)
  const kind = kinds.find((one) => one.type === raw.type)
  if (!kind) {
    const given = typeof raw.type === 'string'
    const fault = {
      code: given ? 'workflow.unknown_type' : 'workflow.missing_field',
      message: given ? `there is no type of node "${raw.type}".` : 'the node has no "type".',
      hint: given ? suggestion(raw.type as string, types) : `one of: ${types.join(', ')}`,
    }
    faults.add({ ...fault, path: given ? [...path, 'type'] : path })
    return []
  }
  const checked = checkAgainst(nodeSchema(kind), raw)
  if (checked.ok) return [{ index, kind, node: checked.value as WorkflowNode }]
  for (const fault of checked.faults) faults.add(within(fault, path))
  return []
}

/** Names and joins as far as they can be read, so that edges are checked although other fields are wrong. */
function namedNodes(rawNodes: unknown[], kinds: NodeKind[]): NamedNode[] {
  return rawNodes.flatMap((raw, index): NamedNode[] => {
    if (!isFields(raw) || typeof raw.name !== 'string') return []
    const role = kinds.find((kind) => kind.type === raw.type)?.role
    const undo = typeof raw.undo === 'string' ? raw.undo : undefined
    const items =
      isFields(raw.for_each) && typeof raw.for_each.items === 'string' ? raw.for_each.items : undefined
    return [{ name: raw.name, role, join: raw.join, undo, items, index }]
  })
}

function validEdges(raw: unknown): PlacedEdge[] {
  if (!Array.isArray(raw)) return []
  return raw.flatMap((edge, index): PlacedEdge[] => {
    const parsed = edgeSchema.safeParse(edge)
    return parsed.success ? [{ ...parsed.data, index }] : []
  })
}

/** The id that the file claims; a fault when its folder has another name, for people look for one by the other. */
function claimedId(data: Fields, folder: string, faults: FaultList): string | undefined {
  const id = isFields(data.metadata) ? data.metadata.id : undefined
  if (typeof id !== 'string') return undefined
  const name = basename(folder)
  if (id !== name) {
    faults.add({
      code: 'workflow.wrong_folder',
      message: `the id is "${id}", but the folder is called "${name}".`,
      hint: 'give both the same name',
      path: ['metadata', 'id'],
    })
  }
  return id
}

/** Puts the text of the code and where it stands into the node: `code` and `source`. */
async function readCode(
  kind: NodeKind,
  node: WorkflowNode,
  index: number,
  place: WorkflowPlace,
  faults: FaultList,
): Promise<void> {
  if (!kind.source) return
  const { inline, file: fileField } = kind.source
  const code = node[inline]
  const name = node[fileField]
  const path = ['nodes', index]
  if ((code === undefined) === (name === undefined)) {
    const message =
      code === undefined
        ? `the node has neither "${inline}" nor "${fileField}".`
        : `the node has both "${inline}" and "${fileField}".`
    faults.add({ code: 'workflow.code_or_file', message, hint: 'give it exactly one of them', path })
    return
  }
  let source: SourceLocation
  if (typeof name === 'string') {
    const read = await readBeside(place.folder, name)
    if (!read.ok) {
      faults.add({ ...read.problem, path: [...path, fileField] })
      return
    }
    node[inline] = read.text
    delete node[fileField]
    source = { file: place.shown(join(place.folder, name)), line: 1 }
  } else {
    const line = faults.document.codeLine([...path, inline])
    if (!line.ok) {
      const message = 'the lines of this code could not be named when it fails.'
      faults.add({ code: 'workflow.code_style', message, hint: line.hint, path: [...path, inline] })
      return
    }
    source = { file: place.file, line: line.line }
  }
  node.source = source
  // Whoever cannot check code now (Python is starting, or was refused) is no fault of the file.
  const problem = await place.checkCode?.(String(node[inline]), source).catch(() => null)
  if (problem) faults.addPlaced(codeFault(problem, source, node.name))
}

function codeFault(
  { code, message, hint, file, line }: CodeProblem,
  source: SourceLocation,
  name: string,
): Fault {
  return {
    code,
    message,
    ...(hint ? { hint } : {}),
    file: file ?? source.file,
    line: line ?? source.line,
    subject: `node "${name}"`,
  }
}

async function readSeeds(
  collections: { [name: string]: Collection },
  place: WorkflowPlace,
  faults: FaultList,
): Promise<Seed[]> {
  const seeds: Seed[] = []
  for (const [collection, declared] of Object.entries(collections)) {
    const { key, seed } = declared
    if (seed === undefined) {
      seeds.push({ collection, key, records: [] })
      continue
    }
    const text = await readBeside(place.folder, seed)
    if (!text.ok) {
      faults.add({ ...text.problem, path: ['collections', collection, 'seed'] })
      continue
    }
    const read = readSeed(text.text, seed, declared)
    if (read.ok) seeds.push({ collection, key, records: read.records })
    else {
      const file = place.shown(join(place.folder, seed))
      for (const fault of read.faults)
        faults.addPlaced({ ...fault, file, subject: `collection "${collection}"` })
    }
  }
  return seeds
}

function emptyDefinition(id: string): Omit<WorkflowDefinition, 'nodes' | 'edges'> {
  return {
    metadata: { id, name: id, description: '', tags: [] },
    settings: { mode: 'sequential', timeout: '1h' },
    context: {},
    collections: {},
  }
}

function within<T extends NodeFault>(fault: T, path: (string | number)[]): T {
  return { ...fault, path: [...path, ...fault.path] }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Collects faults and gives each its place in the file. */
class FaultList {
  readonly document: ParsedFile
  private readonly file: string
  private readonly faults: Fault[] = []

  constructor(file: string, document: ParsedFile) {
    this.file = file
    this.document = document
  }

  get any(): boolean {
    return this.faults.length > 0
  }

  add({ code, message, hint, path, atKey, position }: SchemaFault & StructureFault): void {
    this.faults.push({
      code,
      message: upperFirst(message),
      ...(hint ? { hint } : {}),
      ...this.at(path, atKey, position),
    })
  }

  /** Where a fault at this path stands, and what it belongs to. */
  at(path: FieldPath, atKey?: boolean, position?: number): Omit<Fault, 'code' | 'message' | 'hint'> {
    const subject = subjectOf(path, this.document.data)
    return {
      file: this.file,
      ...this.placeOf(path, atKey, position),
      ...(subject ? { subject } : {}),
      ...(path.length > 0 ? { field: dotted(path) } : {}),
    }
  }

  addPlaced(fault: Fault): void {
    this.faults.push(fault)
  }

  /** This file's faults first, each file from top to bottom. */
  sorted(): Fault[] {
    const rank = (fault: Fault) => (fault.file === this.file ? '' : fault.file)
    return this.faults.sort((a, b) =>
      rank(a) === rank(b) ? a.line - b.line || (a.column ?? 1) - (b.column ?? 1) : rank(a) < rank(b) ? -1 : 1,
    )
  }

  private placeOf(path: FieldPath, atKey: boolean | undefined, position: number | undefined): Place {
    if (atKey) return this.document.locateKey(path)
    return position === undefined ? this.document.locate(path) : this.document.locateInside(path, position)
  }
}

function subjectOf(path: FieldPath, data: unknown): string | undefined {
  const [list, which] = path
  if (list === 'collections' && typeof which === 'string') return `collection "${which}"`
  if (typeof which !== 'number') return undefined
  if (list === 'edges') return `edge ${which + 1}`
  if (list === 'criteria') return `criterion ${which + 1}`
  if (list !== 'nodes' || !isFields(data) || !Array.isArray(data.nodes)) return undefined
  const node: unknown = data.nodes[which]
  return isFields(node) && typeof node.name === 'string' ? `node "${node.name}"` : `node ${which + 1}`
}

/** `nodes[2].buttons[0].label` */
function dotted(path: FieldPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('')
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
