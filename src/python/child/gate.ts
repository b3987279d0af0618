// The gate on what the WebAssembly module may ask of JavaScript: the one boundary that Python code cannot argue with.
// Open while the interpreter boots, then locked for good. An import that is not named here ends the process.

type Import = (...args: number[]) => unknown
type Imports = { [name: string]: Import & { sig?: string } }

/**
 * Imports that stay callable after the lock, with the reason why each group is harmless: they reach clocks, random
 * bytes, the in-memory file system (whose devices and writable folders files.ts decides) and the module's own table.
 */
export const RAW_IMPORTS: readonly string[] = [
  // Clocks and calendar.
  'clock_res_get',
  'clock_time_get',
  'emscripten_date_now',
  'emscripten_get_now',
  '_gmtime_js',
  '_localtime_js',
  '_mktime_js',
  '_timegm_js',
  '_tzset_js',
  // Random bytes.
  'random_get',
  // The in-memory file system.
  'fd_close',
  'fd_fdstat_get',
  'fd_pread',
  'fd_pwrite',
  'fd_read',
  'fd_seek',
  'fd_sync',
  'fd_write',
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
  // Calls through the module's own function table, which holds nothing but the module and gated imports.
  '_PyEM_TrampolineCall_JS',
  '__call_sighandler',
  // A number.
  'emscripten_get_heap_max',
]

/** Imports that the sandbox answers itself after the lock: see `createGate`. */
export const ANSWERED_IMPORTS: readonly string[] = [
  '_Py_CheckEmscriptenSignals_Helper',
  'emscripten_resize_heap',
  '__syscall_getuid32_js',
  '__syscall_umask_js',
]

const ENOSYS = -52
const EPERM = -63
const ENOTTY = -59
const ENOMEM = -48
const EAFNOSUPPORT = -5

/** Imports that refuse with an error code, because ordinary libraries probe them; Python raises OSError. */
export const REFUSED_IMPORTS: { readonly [name: string]: number | null } = {
  __syscall_socket: EAFNOSUPPORT,
  __syscall_accept4: ENOSYS,
  __syscall_bind: ENOSYS,
  __syscall_connect: ENOSYS,
  __syscall_getpeername: ENOSYS,
  __syscall_getsockname: ENOSYS,
  __syscall_getsockopt: ENOSYS,
  __syscall_listen: ENOSYS,
  __syscall_recvfrom: ENOSYS,
  __syscall_recvmsg: ENOSYS,
  __syscall_sendmsg: ENOSYS,
  __syscall_sendto: ENOSYS,
  __syscall_pipe: ENOSYS,
  __syscall_poll: ENOSYS,
  __syscall_mknodat: EPERM,
  __syscall_ioctl: ENOTTY,
  _mmap_js: ENOMEM,
  _msync_js: ENOSYS,
  _munmap_js: ENOSYS,
  _setitimer_js: ENOSYS,
  _emscripten_system: -1,
  _dlopen_js: 0,
  _dlsym_js: 0,
  _emscripten_lookup_name: 0,
  getaddrinfo: -4,
  getnameinfo: -4,
  getprotobyname: 0,
  _try_fcntl64: 0,
  _try_shutdown: 0,
  _maybe_connect_async: null,
  _maybe_poll_async: null,
  _maybe_recvfrom_async: null,
  _maybe_sendto_async: null,
}

/** Only ever called between two calls into JavaScript objects, which cannot happen any more; kept for their result. */
const PURE: { readonly [name: string]: true } = { Jsv_GetError_import: true, JsvError_Check: true }

export interface GateControls {
  /** Ends the process; never returns. */
  die(importName: string): never
  /** Polled by the bytecode loop: a signal number, or 0. */
  poll(): number
  /** Whether the heap may grow to `bytes`. */
  mayGrow(bytes: number): boolean
}

export interface Gate {
  /** Puts a guard before every import, in place, so that no other path (function pointers) leads around it. */
  install(imports: { [module: string]: { [name: string]: unknown } }, module: WebAssembly.Module): void
  lock(): void
}

export function createGate(controls: GateControls): Gate {
  let locked = false

  function guard(name: string, original: Import): Import {
    if (name === '_Py_CheckEmscriptenSignals_Helper') return () => (locked ? controls.poll() : 0)
    if (name === '__syscall_getuid32_js') return () => 1000
    if (name === '__syscall_umask_js') return () => 0o22
    if (name === 'emscripten_resize_heap') {
      return (bytes) => (controls.mayGrow((bytes as number) >>> 0) ? original(bytes as number) : 0)
    }
    if (Object.hasOwn(REFUSED_IMPORTS, name)) {
      const answer = REFUSED_IMPORTS[name]
      return (...args) => (locked ? answer : original(...args))
    }
    return (...args) => (locked ? controls.die(name) : original(...args))
  }

  return {
    install(imports, module) {
      const env = imports.env as Imports
      const raw = new Set(RAW_IMPORTS)
      for (const name of Object.keys(env)) {
        const original = env[name]
        if (typeof original !== 'function') {
          // A suspending import (stack switching) or another object: nothing that Python needs.
          env[name] = (() => controls.die(name)) as Import
          continue
        }
        if (raw.has(name) || Object.hasOwn(PURE, name)) continue
        const guarded: Import & { sig?: string } = guard(name, original)
        if (original.sig !== undefined) guarded.sig = original.sig
        env[name] = guarded
      }
      for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
        if (kind !== 'function') continue
        const group = imports[from]
        if (!group || typeof group[name] !== 'function') throw new Error(`unknown import ${from}.${name}`)
      }
    },
    lock() {
      locked = true
    },
  }
}
