/** Ends the deploy with this one line, before anything is made. */
module.exports.refuse = (message) => {
  // Serverless prints the stack of what is thrown here.
  throw Object.assign(new Error(message), { stack: message });
};
