import { type InspectorNotification, type NodeWorker, Session } from 'node:inspector'
import { type StackFrame, stackText } from '@taskspace/core/pool'

/** How long code may take to be interrupted once that was ordered, in ms: what runs at all is long before. */
const PAUSE_MS = 200

/** How long a thread may take to heed any order, in ms. */
const PATIENCE_MS = 3_000

/** What a debugger in the thread says. */
interface Paused {
  readonly id?: number
  readonly method?: string
  readonly params?: {
    readonly callFrames?: readonly DebuggerFrame[]
    readonly scriptId?: string
    readonly url?: string
  }
}

interface DebuggerFrame {
  readonly functionName: string
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber?: number }
}

/**
 * Where the code of a thread is, by a debugger that holds it for a moment; that works though it computes without end.
 * Empty: none ran. `undefined`: the thread cannot be reached.
 */
export async function stackOfThread(threadId: number): Promise<string | undefined> {
  const session = new Session()
  session.connect()
  try {
    return await new Promise((resolve) => new ThreadDebugger(session, threadId, resolve).look())
  } finally {
    // Takes everything back that was asked of the thread, which goes on.
    session.disconnect()
  }
}

class ThreadDebugger {
  readonly #session: Session
  /** How the title of the thread begins; `workerId` is a number of the debugger's own. */
  readonly #title: string
  readonly #resolve: (stack: string | undefined) => void
  readonly #urls = new Map<string, string>()
  #sessionId: string | undefined
  #lastId = 0
  #pausing: number | undefined
  #ended = false
  #timer: NodeJS.Timeout | undefined

  constructor(session: Session, threadId: number, resolve: (stack: string | undefined) => void) {
    this.#session = session
    this.#title = `[worker ${threadId}]`
    this.#resolve = resolve
  }

  look(): void {
    const session = this.#session
    session.on('NodeWorker.attachedToWorker', ({ params }) => this.#attached(params))
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => this.#heard(params))
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
    this.#timer = setTimeout(() => this.#end(undefined), PATIENCE_MS)
  }

  #attached({ sessionId, workerInfo }: NodeWorker.AttachedToWorkerEventDataType): void {
    if (!workerInfo.title.startsWith(this.#title)) return
    this.#sessionId = sessionId
    this.#tell('Debugger.enable')
    this.#pausing = this.#tell('Debugger.pause')
  }

  #heard({
    sessionId,
    message,
  }: InspectorNotification<NodeWorker.ReceivedMessageFromWorkerEventDataType>['params']): void {
    if (this.#ended || sessionId !== this.#sessionId) return
    const { id, method, params = {} } = JSON.parse(message) as Paused
    if (id !== undefined && id === this.#pausing) this.#ordered()
    if (method === 'Debugger.scriptParsed') this.#urls.set(params.scriptId ?? '', params.url ?? '')
    if (method === 'Debugger.paused')
      this.#end(stackText((params.callFrames ?? []).map((frame) => this.#frameOf(frame))))
  }

  /** What runs stops at its next step. */
  #ordered(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#end(''), PAUSE_MS)
  }

  #frameOf({ functionName, location }: DebuggerFrame): StackFrame {
    const { scriptId, lineNumber, columnNumber = 0 } = location
    return { functionName, url: this.#urls.get(scriptId) ?? '', lineNumber, columnNumber }
  }

  #tell(method: string): number {
    const sessionId = this.#sessionId ?? ''
    this.#lastId += 1
    const message = JSON.stringify({ id: this.#lastId, method })
    this.#session.post('NodeWorker.sendMessageToWorker', { sessionId, message })
    return this.#lastId
  }

  #end(stack: string | undefined): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#timer)
    if (this.#sessionId !== undefined) this.#tell('Debugger.disable')
    this.#resolve(stack)
  }
}
