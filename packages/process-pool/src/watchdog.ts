import { url as inspectorUrl } from 'node:inspector'
import { Worker } from 'node:worker_threads'
import { FRAMES_AT, FRAMES_LIMIT, STACK_ASKED_AT, STACK_TOLD_AT } from './black-box-layout.ts'
import { BLACK_BOX_FD } from './descriptors.ts'

/** How often it is looked whether the parent lives, and what it asks, in ms. */
const LOOK_MS = 100

/** How long code may take to be interrupted once that was ordered, in ms: what runs at all is long before. */
const PAUSE_MS = 200

/** Most calls that are told. */
const MAX_FRAMES = 60

/**
 * Ends this process and all that it has started when its parent is gone, and tells where its code is when the parent asks:
 * by a thread, since the code of a job may keep the event loop from ever turning. Removes the sandbox first. Code as text,
 * so that no file has to be found.
 *
 * Where the code is is asked of a debugger that holds it for a moment. Whoever sends SIGUSR1 makes Node listen for
 * debuggers as well, which nobody wants here, unless it did so from the start.
 */
export function watchParent(parent: number, sandbox: string | undefined): void {
  const code = `
    const { readSync, rmSync, writeSync } = require('node:fs')
    const { Session } = require('node:inspector')
    const { workerData: { parent, sandbox, fd, at, limits, listens } } = require('node:worker_threads')
    const number = Buffer.alloc(8)
    let told = 0
    setInterval(look, limits.look)
    look()
    function look() {
      answer()
      if (process.ppid === parent) return
      // What cannot be removed must not keep this process alive, and there is nobody left to tell.
      try { if (sandbox !== undefined) rmSync(sandbox, { recursive: true, force: true }) } catch {}
      try { process.kill(-process.pid, 'SIGKILL') } catch { process.kill(process.pid, 'SIGKILL') }
    }
    function answer() {
      try {
        if (readSync(fd, number, 0, 8, at.asked) < 8) return
        const asked = number.readDoubleLE(0)
        if (asked === told) return
        told = asked
        findFrames((frames) => tell(asked, frames))
      } catch {} // A job has closed the file: there is nowhere to answer to.
    }
    function tell(asked, frames) {
      try {
        while (JSON.stringify(frames).length > limits.bytes / 4) frames.pop()
        writeSync(fd, Buffer.from(JSON.stringify(frames) + '\\0'), 0, undefined, at.frames)
        number.writeDoubleLE(asked, 0)
        writeSync(fd, number, 0, 8, at.told)
      } catch {} // A job has closed the file, or the disk is full: whoever asked is told that it is not known.
    }
    function findFrames(found) {
      const session = new Session()
      const urls = new Map()
      session.connectToMainThread()
      let ended = false
      const end = (frames) => {
        if (ended) return
        ended = true
        clearTimeout(timer)
        found(frames)
        session.post('Debugger.disable')
        if (listens) return session.disconnect()
        const close = "process.getBuiltinModule('node:inspector').close()"
        session.post('Runtime.evaluate', { expression: close }, () => session.disconnect())
      }
      let timer
      session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url))
      session.on('Debugger.paused', ({ params }) => end(params.callFrames.slice(0, limits.frames).map((frame) => ({
        functionName: frame.functionName,
        url: urls.get(frame.location.scriptId) ?? '',
        lineNumber: frame.location.lineNumber,
        columnNumber: frame.location.columnNumber ?? 0,
      }))))
      session.post('Debugger.enable')
      session.post('Debugger.pause', () => { timer ??= setTimeout(() => end([]), limits.pause) })
    }
  `
  const worker = new Worker(code, {
    eval: true,
    workerData: {
      ...{ parent, sandbox, fd: BLACK_BOX_FD },
      at: { asked: STACK_ASKED_AT, told: STACK_TOLD_AT, frames: FRAMES_AT },
      limits: { look: LOOK_MS, pause: PAUSE_MS, frames: MAX_FRAMES, bytes: FRAMES_LIMIT },
      listens: inspectorUrl() !== undefined,
    },
    execArgv: [],
    env: {},
    stdout: true,
    stderr: true,
  })
  worker.unref()
}
