// What one run of a code node may use, unless its workflow says otherwise, and the most that anyone may ask for.
import type { PythonLimits } from '../actions/ports.ts'

const MB = 1024 * 1024

export const DEFAULT_LIMITS: PythonLimits = {
  wallMs: 30_000,
  cpuMs: 20_000,
  memoryBytes: 256 * MB,
  outputBytes: 1 * MB,
  resultBytes: 1 * MB,
  resultDepth: 64,
  hostCalls: 1000,
  fileBytes: 16 * MB,
}

/** Nobody gets more than this; a request beyond it is cut down to it. */
export const MAX_LIMITS: PythonLimits = {
  wallMs: 15 * 60_000,
  cpuMs: 15 * 60_000,
  memoryBytes: 1024 * MB,
  outputBytes: 16 * MB,
  resultBytes: 16 * MB,
  resultDepth: 256,
  hostCalls: 1_000_000,
  fileBytes: 256 * MB,
}

/** The interpreter itself needs this much; a lower limit of memory would forbid every program. */
export const LEAST_MEMORY_BYTES = 40 * MB

export function effectiveLimits(...asked: (Partial<PythonLimits> | undefined)[]): PythonLimits {
  const limits = { ...DEFAULT_LIMITS }
  for (const one of asked) {
    for (const key of Object.keys(limits) as (keyof PythonLimits)[]) {
      const value = one?.[key]
      if (value !== undefined && Number.isFinite(value) && value >= 0)
        limits[key] = Math.min(value, MAX_LIMITS[key])
    }
  }
  limits.memoryBytes = Math.max(limits.memoryBytes, LEAST_MEMORY_BYTES)
  return limits
}
