import type { ReceiptEvent } from './types.ts';

export interface Tabs {
  tell(receipts: readonly ReceiptEvent[]): void;
}

/** Receipts travel to the tab that tracked the event, whichever tab sent it. */
export function otherTabs(name: string, heard: (receipts: readonly ReceiptEvent[]) => void): Tabs {
  let channel: BroadcastChannel | null = null;
  const open = () => {
    try {
      channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }) => heard(data);
    } catch {
      // Missing, or denied with the storage: this tab hears of what it sent itself.
    }
  };
  // An open channel would keep the page out of the cache that "back" is served from.
  addEventListener('pagehide', () => channel?.close());
  addEventListener('pageshow', ({ persisted }) => persisted && open());
  open();
  return {
    tell: (receipts) => {
      try {
        channel?.postMessage(receipts);
      } catch {
        // Closed: the page is on its way out.
      }
    },
  };
}
