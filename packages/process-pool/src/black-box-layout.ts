/** Where in the black box the number of the last question lies that was asked about the code of the child. */
export const STACK_ASKED_AT = 8
/** And where the number of the last one that was answered. */
export const STACK_TOLD_AT = 16
/** Where its answer begins: frames as JSON, ended by a null byte. */
export const FRAMES_AT = 24
/** How long it may be, in bytes. */
export const FRAMES_LIMIT = 65_536
