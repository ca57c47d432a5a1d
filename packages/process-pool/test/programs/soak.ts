import { crashSoak } from '../crash-soak.ts'
import { startStopSoak } from '../start-stop-soak.ts'

/** `node soak.ts [seconds of crashes, default 120] [rounds of start and stop, default 1000]` */
const [seconds = '120', rounds = '1000'] = process.argv.slice(2)
const crashes = await crashSoak(Number(seconds) * 1000)
console.log(crashes)
const footprints = await startStopSoak(Number(rounds))
console.log(footprints)
const isClean = crashes.wrong.length + crashes.undecided.length + crashes.left.length === 0
const isTidy = JSON.stringify(footprints.before) === JSON.stringify(footprints.after)
process.exitCode = isClean && isTidy ? 0 : 1
