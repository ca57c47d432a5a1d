import { watchParent } from './watchdog.ts'

// Ctrl-C is for the owner of the pool, who lets jobs finish.
process.on('SIGINT', () => undefined)
const [parent, sandbox] = process.argv.slice(2)
watchParent(Number(parent), sandbox)

// All else is loaded under that watch: it takes its time on a busy machine, and the parent may die meanwhile.
const { serveChild } = await import('./serve-child.ts')
serveChild(sandbox)
