import type { SourceFile } from './tracked-files.ts'

const grabBags = /^(utils?|helpers?|common|types?|misc|shared)\.[^/]+$/

/** Folders of one machine, and hosts that packages happened to come from on it. */
const machineTraces = [
  /(?<![\w.~*-])\/(?:work|root|Users)\/[\w.-]+/,
  /https?:\/\/[^\s'"/]*registry/i,
  /registry\.(?:npmjs|yarnpkg|npmmirror)/i,
]

/** The sources whose name says nothing about the one idea in them. */
export function namelessSources(files: readonly SourceFile[]): string[] {
  return files
    .map((file) => file.path)
    .filter((path) => /^packages\/[^/]+\/src\//.test(path))
    .filter((path) => grabBags.test(path.slice(path.lastIndexOf('/') + 1)))
}

/** The lines that name a folder of somebody's machine or the host of a package registry. */
export function linesWithMachineTraces(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.text
      .split('\n')
      .map((line, index) => ({ line, place: `${file.path}:${index + 1}` }))
      .filter(({ line }) => machineTraces.some((trace) => trace.test(line)))
      .map(({ line, place }) => `${place}: ${line.trim().slice(0, 120)}`),
  )
}
