// An S3 server for the tests: prints its port, and ends with its standard input.
import S3rver from 's3rver';

const server = new S3rver({
  port: 0,
  address: '127.0.0.1',
  silent: true,
  directory: process.argv[2],
  configureBuckets: [{ name: 'chat', configs: [] }],
});
const address = await server.run();
console.log(`port ${address.port}`);
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
