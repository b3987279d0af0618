// What esbuild bundles into the child besides TypeScript: Python sources as text, and Pyodide's inner module.
declare module '*.py' {
  const text: string
  export default text
}
declare module 'pyodide/pyodide.asm.mjs' {
  const create: (settings: unknown) => Promise<unknown>
  export default create
}

// The part of WebAssembly that is used here; the types of browsers are not among the project's.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
    private readonly module: unknown
    static imports(module: Module): { module: string; name: string; kind: string }[]
  }
  class Instance {
    private readonly instance: unknown
  }
  type Imports = { [module: string]: { [name: string]: unknown } }
  function compile(bytes: Uint8Array): Promise<Module>
  function instantiate(module: Module, imports: Imports): Promise<Instance>
}
