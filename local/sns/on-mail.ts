import type { Gateway } from '../gateway/gateway.ts';

/** What is published to the stack's topic; AWS mails it to the subscribers who confirmed. */
export interface PublishedMail {
  topic: string;
  subject: string;
  text: string;
}

/** From now on told of each mail as it is published; nothing is sent from this machine. What is for chats has no subject. */
export function onMail(gateway: Gateway, listener: (mail: PublishedMail) => void): void {
  onPublished(gateway, (published) => {
    if (published.subject !== '') listener(published);
  });
}

/** Told of everything that is published to a topic. */
export function onPublished(gateway: Gateway, listener: (mail: PublishedMail) => void): void {
  gateway.onRequest(({ service, body }, { action }) => {
    if (service !== 'sns' || action !== 'Publish') return;
    const asked = new URLSearchParams(body.toString());
    const member = (name: string) => asked.get(name) ?? '';
    listener({ topic: member('TopicArn'), subject: member('Subject'), text: member('Message') });
  });
}
