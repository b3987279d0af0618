// The thread that draws: lays out, makes SVG of it and renders that to PNG, so that the bot goes on meanwhile.
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { initWasm, Resvg } from '@resvg/resvg-wasm'
import { drawCharts } from './charts.ts'
import { drawGraph } from './graph.ts'
import type { Job, JobResult, Picture } from './index.ts'
import { type Drawing, fontFamily } from './svg.ts'
import { drawTrials } from './trials.ts'

/** Twice its size for sharp screens, but never more than this many pixels: 48 MB while it is rendered. */
const mostPixels = 12_000_000
const sharpness = 2

const { wasm, fonts } = workerData as { wasm: string; fonts: string[] }
const loaded = initWasm(readFileSync(wasm))
const fontBuffers = fonts.map((font) => new Uint8Array(readFileSync(font)))

function png({ svg, width, height }: Drawing): Uint8Array {
  const zoom = Math.min(sharpness, Math.sqrt(mostPixels / (width * height)))
  const renderer = new Resvg(svg, {
    font: { fontBuffers, defaultFontFamily: fontFamily },
    fitTo: { mode: 'zoom', value: zoom },
  })
  try {
    const image = renderer.render()
    try {
      return image.asPng()
    } finally {
      image.free()
    }
  } finally {
    renderer.free()
  }
}

function drawingOf(picture: Picture): Drawing {
  switch (picture.kind) {
    case 'graph':
      return drawGraph(picture)
    case 'charts':
      return drawCharts(picture)
    case 'trials':
      return drawTrials(picture)
  }
}

parentPort?.on('message', async ({ id, picture }: Job) => {
  let result: JobResult
  try {
    await loaded
    result = { id, png: png(drawingOf(picture)) }
  } catch (thrown) {
    result = { id, error: thrown instanceof Error ? thrown.message : String(thrown) }
  }
  parentPort?.postMessage(result)
})
