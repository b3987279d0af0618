// Bundles the child's program into one plain file that the permission model can name: our TypeScript, our Python and
// Pyodide's JavaScript, with every module that could reach the network or start a process replaced by nothing.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const require = createRequire(import.meta.url)

/** The folder of the installed pyodide package, with a slash at its end. */
export const pyodideDir = join(dirname(require.resolve('pyodide/package.json')), '/')

/** What Pyodide's JavaScript imports and the child must not have. */
const ABSENT = /^(node:)?(ws|child_process|vm|net|tls|http|https|dgram|worker_threads|inspector)$/

/** The program of the child as JavaScript text. It depends on nothing but Node. */
export async function bundleChild(): Promise<string> {
  const result = await build({
    entryPoints: [join(dirname(fileURLToPath(import.meta.url)), 'child', 'main.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    loader: { '.py': 'text' },
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [
      {
        name: 'capabilities',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^pyodide/ }, ({ path }) => {
            if (path === 'pyodide') return { path: join(pyodideDir, 'pyodide.mjs') }
            return { path: join(pyodideDir, path.slice('pyodide/'.length)) }
          })
          onResolve({ filter: ABSENT }, ({ path, importer }) =>
            importer.startsWith(pyodideDir) ? { path, namespace: 'absent' } : null,
          )
          onLoad({ filter: /.*/, namespace: 'absent' }, () => ({
            contents: 'export default {}',
            loader: 'js',
          }))
        },
      },
    ],
  })
  return (result.outputFiles[0] as { text: string }).text
}
