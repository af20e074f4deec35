// The server does not keep the text of a work. This browser does, so that a feedback can be opened again with its
// points at their places, until the feedback expires or somebody deletes it.

const DATABASE = "chorus";
const STORE = "works";
/** How long a text is kept where the server did not say when the feedback expires. */
const DAY_MS = 86_400_000;

export interface KeptWork {
  feedbackId: string;
  title: string;
  text: string;
  fileId: string;
  fileFormat: string;
  /** Milliseconds since 1970. */
  reviewed: number;
  expires: number;
}

export function newKeptWork(work: Omit<KeptWork, "reviewed" | "expires">): KeptWork {
  return { ...work, reviewed: Date.now(), expires: Date.now() + DAY_MS };
}

export async function keepWork(work: KeptWork): Promise<void> {
  await within("readwrite", (store) => store.put(work, work.feedbackId));
}

export async function keptWork(feedbackId: string): Promise<KeptWork | undefined> {
  const found = (await within("readonly", (store) => store.get(feedbackId))) as KeptWork | undefined;
  return found !== undefined && found.expires > Date.now() ? found : undefined;
}

/** The works, latest first; those that have expired are deleted. */
export async function keptWorks(): Promise<KeptWork[]> {
  const all = ((await within("readonly", (store) => store.getAll())) ?? []) as KeptWork[];
  const now = Date.now();
  for (const each of all.filter((work) => work.expires <= now)) {
    await forgetWork(each.feedbackId);
  }
  return all.filter((each) => each.expires > now).sort((a, b) => b.reviewed - a.reviewed);
}

export async function forgetWork(feedbackId: string): Promise<void> {
  await within("readwrite", (store) => store.delete(feedbackId));
}

/** Does one thing in the store; undefined where this browser keeps nothing. */
async function within(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  try {
    const database = await done(opening());
    try {
      return await done(act(database.transaction(STORE, mode).objectStore(STORE)));
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

function opening(): IDBOpenDBRequest {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return request;
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
