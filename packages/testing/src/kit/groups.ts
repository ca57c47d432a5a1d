import { appendCases } from './groups/append-cases.ts'
import { boundedStepCases } from './groups/bounded-step-cases.ts'
import { callOrderCases } from './groups/call-order-cases.ts'
import { cancelCases } from './groups/cancel-cases.ts'
import { cascadeCases } from './groups/cascade-cases.ts'
import { claimOrderCases } from './groups/claim-order-cases.ts'
import { closingCases } from './groups/closing-cases.ts'
import { concurrencyCases } from './groups/concurrency-cases.ts'
import { controlCases } from './groups/control-cases.ts'
import { cornerCases } from './groups/corner-cases.ts'
import { crashCases } from './groups/crash-cases.ts'
import { cycleCases } from './groups/cycle-cases.ts'
import { dependCases } from './groups/depend-cases.ts'
import { dependentCases } from './groups/dependent-cases.ts'
import { drainCases } from './groups/drain-cases.ts'
import { duplicateCases } from './groups/duplicate-cases.ts'
import { dyingClientCases } from './groups/dying-client-cases.ts'
import { edgeStateCases } from './groups/edge-state-cases.ts'
import { enqueueCases } from './groups/enqueue-cases.ts'
import { followingCases } from './groups/following-cases.ts'
import { forwardCancelCases } from './groups/forward-cancel-cases.ts'
import { forwardCases } from './groups/forward-cases.ts'
import { handOutCases } from './groups/hand-out-cases.ts'
import { journalCases } from './groups/journal-cases.ts'
import { leaseCases } from './groups/lease-cases.ts'
import { lostMessageCases } from './groups/lost-message-cases.ts'
import { nameCases } from './groups/name-cases.ts'
import { namespaceCases } from './groups/namespace-cases.ts'
import { numberedCallCases } from './groups/numbered-call-cases.ts'
import { onErrorCases } from './groups/on-error-cases.ts'
import { outcomeCases } from './groups/outcome-cases.ts'
import { ownerCases } from './groups/owner-cases.ts'
import { payloadCases } from './groups/payload-cases.ts'
import { pendingStepCases } from './groups/pending-step-cases.ts'
import { readValueCases } from './groups/read-value-cases.ts'
import { readingCases } from './groups/reading-cases.ts'
import { replaceCases } from './groups/replace-cases.ts'
import { replayCases } from './groups/replay-cases.ts'
import { resultCases } from './groups/result-cases.ts'
import { resumeCases } from './groups/resume-cases.ts'
import { retryCases } from './groups/retry-cases.ts'
import { sessionCases } from './groups/session-cases.ts'
import { sessionEndCases } from './groups/session-end-cases.ts'
import { settleCases } from './groups/settle-cases.ts'
import { siblingCases } from './groups/sibling-cases.ts'
import { subscriptionCases } from './groups/subscription-cases.ts'
import { valueCases } from './groups/value-cases.ts'
import { waitingCases } from './groups/waiting-cases.ts'
import type { KitGroup } from './kit-case.ts'

/** Every case that a backend has to pass, by the part of the contract that it is about. */
export const TASK_QUEUE_GROUPS: readonly KitGroup[] = [
  namespaceCases,
  closingCases,
  sessionCases,
  ownerCases,
  numberedCallCases,
  callOrderCases,
  replayCases,
  resumeCases,
  lostMessageCases,
  dyingClientCases,
  enqueueCases,
  duplicateCases,
  replaceCases,
  edgeStateCases,
  siblingCases,
  dependentCases,
  onErrorCases,
  cornerCases,
  cycleCases,
  claimOrderCases,
  handOutCases,
  valueCases,
  readValueCases,
  settleCases,
  retryCases,
  crashCases,
  leaseCases,
  sessionEndCases,
  appendCases,
  journalCases,
  followingCases,
  cancelCases,
  cascadeCases,
  controlCases,
  dependCases,
  drainCases,
  forwardCases,
  forwardCancelCases,
  resultCases,
  outcomeCases,
  subscriptionCases,
  readingCases,
  nameCases,
  payloadCases,
  waitingCases,
  concurrencyCases,
  boundedStepCases,
  pendingStepCases,
]
