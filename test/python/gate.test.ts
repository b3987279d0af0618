// The gate, held against the Pyodide that is installed: an upgrade that adds or drops an import fails here, loudly.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pyodideDir } from '../../src/python/bundle.ts'
import { ANSWERED_IMPORTS, createGate, RAW_IMPORTS, REFUSED_IMPORTS } from '../../src/python/child/gate.ts'

const module = new WebAssembly.Module(readFileSync(`${pyodideDir}pyodide.asm.wasm`))
const imports = WebAssembly.Module.imports(module).filter((one) => one.kind === 'function')
const names = new Set(imports.map((one) => one.name))

test('exactly these imports stay callable after the lock', () => {
  expect([...RAW_IMPORTS].sort()).toEqual([
    '_PyEM_TrampolineCall_JS',
    '__call_sighandler',
    '__syscall_chdir',
    '__syscall_chmod',
    '__syscall_dup',
    '__syscall_dup3',
    '__syscall_faccessat',
    '__syscall_fadvise64',
    '__syscall_fallocate',
    '__syscall_fchdir',
    '__syscall_fchmod',
    '__syscall_fchmodat2',
    '__syscall_fchown32',
    '__syscall_fchownat',
    '__syscall_fcntl64',
    '__syscall_fdatasync',
    '__syscall_fstat64',
    '__syscall_fstatfs64',
    '__syscall_ftruncate64',
    '__syscall_getcwd',
    '__syscall_getdents64',
    '__syscall_lstat64',
    '__syscall_mkdirat',
    '__syscall_newfstatat',
    '__syscall_openat',
    '__syscall_readlinkat',
    '__syscall_renameat',
    '__syscall_rmdir',
    '__syscall_stat64',
    '__syscall_statfs64',
    '__syscall_symlinkat',
    '__syscall_truncate64',
    '__syscall_unlinkat',
    '__syscall_utimensat',
    '_gmtime_js',
    '_localtime_js',
    '_mktime_js',
    '_timegm_js',
    '_tzset_js',
    'clock_res_get',
    'clock_time_get',
    'emscripten_date_now',
    'emscripten_get_heap_max',
    'emscripten_get_now',
    'fd_close',
    'fd_fdstat_get',
    'fd_pread',
    'fd_pwrite',
    'fd_read',
    'fd_seek',
    'fd_sync',
    'fd_write',
    'random_get',
  ])
})

test('every import that is named still exists, so that no name is a leftover', () => {
  const named = [...RAW_IMPORTS, ...ANSWERED_IMPORTS, ...Object.keys(REFUSED_IMPORTS)]
  expect(named.filter((name) => !names.has(name))).toEqual([])
  expect(new Set(named).size).toBe(named.length)
})

test('the number of imports is the one that was looked at', () => {
  expect(imports.length).toBe(268)
})

function everyImport() {
  const called: string[] = []
  const env: { [name: string]: unknown } = {}
  for (const name of names) env[name] = Object.assign(() => called.push(name), { sig: 'i' })
  const groups = { env, wasi_snapshot_preview1: env }
  const died: string[] = []
  const gate = createGate({
    die: (name) => {
      died.push(name)
      throw new Error(name)
    },
    poll: () => 0,
    mayGrow: () => false,
  })
  gate.install(groups, module)
  return { gate, env: env as { [name: string]: () => unknown }, called, died }
}

test('before the lock everything passes; afterwards what is not named ends the process', () => {
  const { gate, env, called, died } = everyImport()
  env.JsvObject_CallMethod?.()
  env._emscripten_system?.()
  expect(called).toEqual(['JsvObject_CallMethod', '_emscripten_system'])
  gate.lock()
  called.length = 0
  const pure = ['Jsv_GetError_import', 'JsvError_Check']
  const open = new Set([...RAW_IMPORTS, ...ANSWERED_IMPORTS, ...Object.keys(REFUSED_IMPORTS), ...pure])
  for (const name of names) {
    try {
      env[name]?.()
    } catch {
      // It died, and is counted.
    }
  }
  expect(died.sort()).toEqual([...names].filter((name) => !open.has(name)).sort())
  expect(called.sort()).toEqual([...RAW_IMPORTS, ...pure].sort())
})

test('guarded functions keep their signature, without which they could not be put into the table', () => {
  const { env } = everyImport()
  expect((env.JsvArray_New as { sig?: string }).sig).toBe('i')
})

test('an import that the module asks for and nobody gives is refused', () => {
  const gate = createGate({
    die: () => {
      throw new Error('died')
    },
    poll: () => 0,
    mayGrow: () => false,
  })
  expect(() => gate.install({ env: {}, wasi_snapshot_preview1: {} }, module)).toThrow(/unknown import/)
})
