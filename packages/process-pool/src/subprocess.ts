import { watchParent } from './watchdog.ts'

watchParent(Number(process.argv[2]), undefined)

// All else is loaded under that watch: it takes its time on a busy machine, and the parent may die meanwhile.
const { serveCall } = await import('./serve-call.ts')
serveCall()
