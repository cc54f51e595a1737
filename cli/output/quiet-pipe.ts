/** 128 and the number of SIGPIPE: what a shell shows of any other program whose reader has gone. */
const BROKEN_PIPE_STATUS = 141;

/** Ends quietly when whoever reads the output has had enough, as `head` has. */
export function endWithBrokenPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(BROKEN_PIPE_STATUS);
  });
}
