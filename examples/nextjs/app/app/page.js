import { headers } from 'next/headers';

export default async function Page() {
  const asked = await headers();
  return <p>{`Next.js at ${asked.get('x-forwarded-proto')}://${asked.get('host')}/`}</p>;
}
