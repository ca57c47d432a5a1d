/** Where a child finds the pipe to its parent. */
export const CHANNEL_FD = 3
/** Where a child finds its black box. */
export const BLACK_BOX_FD = 4
