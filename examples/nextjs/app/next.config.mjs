/** @type {import('next').NextConfig} */
export default {
  // A folder that needs no node_modules beside it.
  output: 'standalone',
};
