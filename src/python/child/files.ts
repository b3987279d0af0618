// The in-memory file system after the lock: two writable folders with a quota, everything else read-only, and a reset
// that leaves no trace of an execution. None of it lives in the wasm heap, so restoring the heap does not cover it.

export interface FsNode {
  id: number
  name: string
  mode: number
  rdev: number
  parent: FsNode
  name_next?: FsNode
  mounted: unknown
  usedBytes: number
  contents: Uint8Array | { [name: string]: FsNode }
  atime: number
  mtime: number
  ctime: number
  node_ops: { [op: string]: (...args: never[]) => unknown }
  stream_ops: { [op: string]: (...args: never[]) => unknown }
}

export interface FsStream {
  /** Null once it was closed. */
  fd: number | null
  flags: number
  node: FsNode
  position: number
  stream_ops: { [op: string]: unknown }
}

/** The parts of Emscripten's FS that are used here. */
export interface FsModule {
  root: FsNode
  streams: (FsStream | null)[]
  nextInode: number
  currentPath: string
  nameTable: (FsNode | undefined)[]
  MAX_OPEN_FDS: number
  ErrnoError: new (errno: number) => Error
  filesystems: { MEMFS: MemFs; [name: string]: unknown }
  lookupPath(path: string): { node: FsNode }
  mkdirTree(path: string): void
  makedev(major: number, minor: number): number
  registerDevice(dev: number, ops: object): void
  mkdev(path: string, mode: number, dev: number): FsNode
  unlink(path: string): void
  open(path: string, flags: string): FsStream
  closeStream(fd: number): void
  hashRemoveNode(node: FsNode): void
  isDir(mode: number): boolean
  isFile(mode: number): boolean
  chdir(path: string): void
  createDevice: { major: number }
}

interface MemFs {
  createNode(parent: FsNode, name: string, mode: number, dev: number): FsNode
  expandFileStorage(node: FsNode, capacity: number): void
  resizeFileStorage(node: FsNode, size: number): void
  ops_table: { dir: { node: FsNode['node_ops'] }; file: { stream: FsNode['stream_ops'] } }
}

const EROFS = 69
const ENOSPC = 51
const EPERM = 63
const ENAMETOOLONG = 37
const MAX_NODES = 4096

/** Where code may write; the same for every execution, and empty when it starts. */
export const WRITABLE_FOLDERS = ['/tmp', '/home/pyodide'] as const
export const HOME = '/home/pyodide'

export interface SealedFiles {
  /** Starts counting for one run. */
  begin(quotaBytes: number): void
  /** Whether a write was refused since `begin`. */
  quotaHit(): boolean
  /** Removes what was written and opened. Throws when something that must not change has changed. */
  reset(): void
}

export function sealFiles(FS: FsModule): SealedFiles {
  const { MEMFS } = FS.filesystems
  let quota = 0
  let used = 0
  let nodes = 0
  let hit = false

  function refuse(errno: number): never {
    throw new FS.ErrnoError(errno)
  }
  function spend(bytes: number): void {
    if (used + bytes > quota) {
      hit = true
      refuse(ENOSPC)
    }
    used += bytes
  }

  // Capacity is what costs memory, so capacity is what the quota counts; shrinking gives it back.
  const { createNode, expandFileStorage, resizeFileStorage } = MEMFS
  MEMFS.createNode = (parent, name, mode, dev) => {
    if (nodes >= MAX_NODES) {
      hit = true
      refuse(ENOSPC)
    }
    if (name.length > 255) refuse(ENAMETOOLONG)
    if (FS.isDir(mode) || FS.isFile(mode) || (mode & 0o170000) === 0o120000) nodes++
    else refuse(EPERM)
    spend(64 + name.length * 2)
    const node = createNode(parent, name, mode, dev)
    if (FS.isDir(mode)) node.contents = Object.create(null) as { [name: string]: FsNode }
    return node
  }
  const capacity = (node: FsNode) => (node.contents as Uint8Array).length
  MEMFS.expandFileStorage = (node, wanted) => {
    const before = capacity(node)
    if (before >= wanted) return
    const growth =
      Math.max(wanted, (before * (before < 1024 * 1024 ? 2 : 1.125)) >>> 0, before ? 256 : 0) - before
    spend(growth)
    expandFileStorage(node, wanted)
  }
  MEMFS.resizeFileStorage = (node, size) => {
    const growth = size - capacity(node)
    if (growth > 0) spend(growth)
    else used += growth
    resizeFileStorage(node, size)
  }
  const { file, dir } = MEMFS.ops_table
  const write = file.stream.write as unknown as (...args: unknown[]) => number
  file.stream.write = ((
    stream: FsStream,
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ) => {
    // The first write to an empty file takes another road inside MEMFS than later ones.
    if (length > 0 && stream.node.usedBytes === 0 && position === 0) {
      const growth = length - capacity(stream.node)
      if (growth > 0) spend(growth)
    }
    return write(stream, buffer, offset, length, position, false)
  }) as never

  // Everything that exists now is read-only, apart from the writable folders themselves.
  const readOnly = () => refuse(EROFS)
  const sealedDir = {
    ...dir.node,
    mknod: readOnly,
    rename: readOnly,
    unlink: readOnly,
    rmdir: readOnly,
    symlink: readOnly,
    setattr: readOnly,
  }
  const sealedFile = (ops: FsNode['node_ops']) => ({ ...ops, setattr: readOnly })
  const rename = dir.node.rename as unknown as (node: FsNode, into: FsNode, name: string) => void
  const writable = new Set<FsNode>(WRITABLE_FOLDERS.map((path) => FS.lookupPath(path).node))
  const insideWritable = (node: FsNode) => {
    for (let at = node; ; at = at.parent) {
      if (writable.has(at)) return true
      if (at === at.parent) return false
    }
  }
  dir.node.rename = ((node: FsNode, into: FsNode, name: string) => {
    if (!insideWritable(into) || writable.has(node)) refuse(EROFS)
    if (name.length > 255) refuse(ENAMETOOLONG)
    return rename(node, into, name)
  }) as never
  const writableDir = { ...dir.node, setattr: readOnly }

  const known: {
    node: FsNode
    mode: number
    contents: unknown
    usedBytes: number
    times: [number, number, number]
  }[] = []
  function seal(node: FsNode): void {
    const isDir = FS.isDir(node.mode)
    if (isDir && node.contents) {
      const children = node.contents as { [name: string]: FsNode }
      if (writable.has(node)) {
        for (const name of Object.keys(children)) FS.hashRemoveNode(children[name] as FsNode)
        node.contents = Object.create(null) as { [name: string]: FsNode }
        node.node_ops = writableDir
        node.mode = 0o40777
      } else {
        for (const name of Object.keys(children)) seal(children[name] as FsNode)
        node.node_ops = sealedDir
      }
    } else {
      node.node_ops = sealedFile(node.node_ops)
      if (FS.isFile(node.mode))
        node.stream_ops = { ...node.stream_ops, write: readOnly, allocate: readOnly, msync: readOnly }
    }
    const times: [number, number, number] = [node.atime, node.mtime, node.ctime]
    known.push({ node, mode: node.mode, contents: node.contents, usedBytes: node.usedBytes, times })
  }
  // A terminal's default reads the standard input of the process.
  for (const path of ['/dev/tty', '/dev/tty1']) FS.unlink(path)
  seal(FS.root)
  FS.chdir(HOME)
  FS.MAX_OPEN_FDS = 256

  const streams = FS.streams.map((stream) => stream && { stream, fd: stream.fd, flags: stream.flags })
  const inode = FS.nextInode
  const named = countNamed(FS)
  return {
    begin(quotaBytes) {
      quota = quotaBytes
      used = 0
      hit = false
    },
    quotaHit: () => hit,
    reset() {
      for (const { node, mode, contents, usedBytes, times } of known) {
        if (writable.has(node)) {
          drop(FS, node)
          node.contents = Object.create(null) as { [name: string]: FsNode }
        } else if (node.mode !== mode || node.contents !== contents || node.usedBytes !== usedBytes) {
          throw new Error('a sealed file has changed')
        }
        ;[node.atime, node.mtime, node.ctime] = times
      }
      // Nodes may also hang outside the tree, kept by an open stream: forgetting the streams frees them.
      FS.streams.length = 0
      for (const one of streams) {
        FS.streams.push(one && Object.assign(one.stream, { fd: one.fd, flags: one.flags, position: 0 }))
      }
      if (countNamed(FS) !== named) throw new Error('a file is left in the table of names')
      FS.nextInode = inode
      FS.currentPath = HOME
      nodes = 0
      used = 0
      hit = false
    },
  }
}

function countNamed(FS: FsModule): number {
  let count = 0
  for (const first of FS.nameTable) for (let node = first; node; node = node.name_next) count++
  return count
}

function drop(FS: FsModule, folder: FsNode): void {
  const children = folder.contents as { [name: string]: FsNode }
  const todo = Object.values(children)
  for (let node = todo.pop(); node; node = todo.pop()) {
    FS.hashRemoveNode(node)
    if (FS.isDir(node.mode)) todo.push(...Object.values(node.contents as { [name: string]: FsNode }))
  }
}
