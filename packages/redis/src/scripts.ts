import type { Script } from './connection/redis-link.ts'
import append from './lua/append.lua'
import begin from './lua/begin.lua'
import claim from './lua/claim.lua'
import control from './lua/control.lua'
import counts from './lua/counts.lua'
import endSession from './lua/end.lua'
import enqueue from './lua/enqueue.lua'
import follow from './lua/follow.lua'
import journal from './lua/journal.lua'
import listen from './lua/listen.lua'
import now from './lua/now.lua'
import admitting from './lua/plain/admitting.lua'
import blocking from './lua/plain/blocking.lua'
import plainClaim from './lua/plain/claim.lua'
import closing from './lua/plain/closing.lua'
import constants from './lua/plain/constants.lua'
import ending from './lua/plain/ending.lua'
import enlisting from './lua/plain/enlisting.lua'
import plainEnqueue from './lua/plain/enqueue.lua'
import handing from './lua/plain/handing.lua'
import keeping from './lua/plain/keeping.lua'
import lining from './lua/plain/lining.lua'
import linking from './lua/plain/linking.lua'
import names from './lua/plain/names.lua'
import naming from './lua/plain/naming.lua'
import opening from './lua/plain/opening.lua'
import picking from './lua/plain/picking.lua'
import plainRecords from './lua/plain/records.lua'
import plainSettle from './lua/plain/settle.lua'
import state from './lua/plain/state.lua'
import storing from './lua/plain/storing.lua'
import taking from './lua/plain/taking.lua'
import waiting from './lua/plain/waiting.lua'
import writing from './lua/plain/writing.lua'
import read from './lua/read.lua'
import readValue from './lua/read-value.lua'
import renew from './lua/renew.lua'
import resume from './lua/resume.lua'
import settle from './lua/settle.lua'
import bags from './lua/shared/bags.lua'
import blobs from './lua/shared/blobs.lua'
import cancels from './lua/shared/cancels.lua'
import claims from './lua/shared/claims.lua'
import cycles from './lua/shared/cycles.lua'
import drains from './lua/shared/drains.lua'
import edges from './lua/shared/edges.lua'
import effects from './lua/shared/effects.lua'
import ends from './lua/shared/ends.lua'
import failures from './lua/shared/failures.lua'
import forms from './lua/shared/forms.lua'
import forwards from './lua/shared/forwards.lua'
import history from './lua/shared/history.lua'
import items from './lua/shared/items.lua'
import jobs from './lua/shared/jobs.lua'
import journals from './lua/shared/journals.lua'
import lines from './lua/shared/lines.lua'
import needs from './lua/shared/needs.lua'
import orders from './lua/shared/orders.lua'
import outcomes from './lua/shared/outcomes.lua'
import parts from './lua/shared/parts.lua'
import places from './lua/shared/places.lua'
import prelude from './lua/shared/prelude.lua'
import queues from './lua/shared/queues.lua'
import records from './lua/shared/records.lua'
import releases from './lua/shared/releases.lua'
import retention from './lua/shared/retention.lua'
import series from './lua/shared/series.lua'
import sessions from './lua/shared/sessions.lua'
import settles from './lua/shared/settles.lua'
import space from './lua/shared/space.lua'
import store from './lua/shared/store.lua'
import sweeps from './lua/shared/sweeps.lua'
import takebacks from './lua/shared/takebacks.lua'
import values from './lua/shared/values.lua'
import work from './lua/shared/work.lua'
import writes from './lua/shared/writes.lua'
import sightings from './lua/sightings.lua'
import sweep from './lua/sweep.lua'
import watch from './lua/watch.lua'

/** The parts that scripts share; each is the body of a function that is given the table to fill, under this name. */
const PARTS: Readonly<Record<string, string>> = {
  blobs,
  claims,
  effects,
  ends,
  forms,
  history,
  items,
  jobs,
  lines,
  outcomes,
  places,
  queues,
  retention,
  sessions,
  settles,
  space,
  store,
  values,
  work,
}

/** Those that most calls do without: together they cost no more than one, until one of them is used. */
const RARE_PARTS: Readonly<Record<string, string>> = {
  bags,
  cancels,
  cycles,
  drains,
  edges,
  failures,
  forwards,
  journals,
  needs,
  orders,
  records,
  releases,
  series,
  sweeps,
  takebacks,
}

/** Pieces of the short way of `enqueue`, by the names that stand after `-->` where they belong. */
const PIECES: Readonly<Record<string, string>> = {
  blocking,
  closing,
  lining,
  linking,
  naming,
  names,
  records: plainRecords,
  storing,
}

/** Where a piece belongs. */
const PIECE = /^ *--> (\w+)$/gm

const SHARED = [parts, definitions(PARTS), `defineRare = function()\n${definitions(RARE_PARTS)}\nend`].join('\n')

/** Ends a script whose call was plain. */
const SHORT_FIRST = 'local reply = short()\nif reply then return reply end'

/** Between the short way and the long one. */
const LONG_WAY = '-- The long way'

/** A line of named constants: `local FIRST, SECOND = 1, 60 * 1000`. */
const CONSTANTS = /^local ((?:[A-Z][A-Z_]*, )*[A-Z][A-Z_]*) = ((?:[\d *]+|'[^'\n]*')(?:, (?:[\d *]+|'[^'\n]*'))*)$/gm

/** Every script, by its operation. */
export const SCRIPTS = {
  append: script('append', append),
  begin: script('begin', begin),
  claim: script('claim', claim, shortWay(names, later('Picking', plainRecords, picking), taking, plainClaim)),
  control: script('control', control),
  counts: script('counts', counts),
  endSession: script('end', endSession),
  enqueue: script('enqueue', enqueue, shortEnqueue()),
  follow: script('follow', follow),
  journal: script('journal', journal),
  listen: script('listen', listen),
  now: script('now', now),
  readValue: script('read-value', readValue),
  read: script('read', read),
  renew: script('renew', renew),
  resume: script('resume', resume),
  settle: script(
    'settle',
    settle,
    shortWay(
      names,
      plainRecords,
      later('Picking', picking),
      taking,
      later('Handing', enlisting, handing),
      keeping,
      ending,
      plainSettle,
    ),
  ),
  sightings: script('sightings', sightings),
  sweep: script('sweep', sweep),
  watch: script('watch', watch),
} as const

function definitions(parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts)
    .map(([name, source]) => `define.${name} = function(${name})\n${source}\nend`)
    .join('\n')
}

/**
 * What comes first in `enqueue`. It is one function, which makes others only for what few jobs have: where jobs go one by one,
 * that is most of what a call costs. What was read is left to the long way.
 */
function shortEnqueue(): string {
  const parts = [constants, 'local function short()', admitting, plainEnqueue, 'end', SHORT_FIRST]
  const kept = 'for at = 1, found and #fields or 0 do raws[fields[at]] = found[at] end'
  return ['do', 'local fields, found', inlined(together(parts.join('\n'))), kept, 'end', LONG_WAY, writes].join('\n')
}

/** A source with its pieces where they belong. */
function together(source: string): string {
  return source.replace(PIECE, (_, name: string) => together(PIECES[name] ?? ''))
}

/**
 * What comes first in scripts that are called for each job: it does all of a call that is plain, and nothing of others. It is
 * a function, whose functions are quickly made: they share what it has taken from around it, its state above all.
 */
function shortWay(...sources: readonly string[]): string {
  const parts = [constants, state, 'local function short()', opening, waiting, writing, ...sources, 'end', SHORT_FIRST]
  const kept = 'for at = 1, asRead and #namesRead or 0 do raws[namesRead[at]] = asRead[at] end'
  return [writes, 'do', inlined(together(parts.join('\n'))), kept, 'end', LONG_WAY].join('\n')
}

/**
 * Lua with its named numbers and strings put where their names stand: a function takes the longer to make the more names it
 * takes from around it, and the functions of the short way are made at each call.
 */
function inlined(source: string): string {
  const values = new Map<string, string>()
  const rest = source.replace(CONSTANTS, (_, names: string, given: string) => {
    const found = given.split(', ')
    for (const [at, name] of names.split(', ').entries()) {
      const value = `(${found[at]})`
      if ((values.get(name) ?? value) !== value) throw new Error(`two values are named ${name}`)
      values.set(name, value)
    }
    return ''
  })
  return rest.replace(/\b[A-Z][A-Z_]*\b/g, (name) => values.get(name) ?? name)
}

/** A part of a short way that most calls do without: the body of a function that is given the table to fill. */
function later(name: string, ...sources: readonly string[]): string {
  return `local function define${name}(${name.toLowerCase()})\n${sources.join('\n')}\nend`
}

function script(name: string, source: string, first = writes): Script {
  return { name, source: [prelude, first, SHARED, source].join('\n') }
}
