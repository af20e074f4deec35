import type { Duration } from "@bufbuild/protobuf/wkt";
import { UsageBasis, type Usage } from "../generated/chorus/model/v1/generation_pb.ts";
import type { Words } from "./words/words.ts";

const NANOS = 1e9;

/** How a day and time are written: with the month in words, so that no reader takes it for the day. */
export const MOMENT: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short" };

/** Writes 1e-9 USD in dollars: with cents from one dollar on, with two significant digits below. */
export function dollars(nanos: bigint): string {
  const amount = Number(nanos) / NANOS;
  return `$${amount.toFixed(decimalsOf(amount))}`;
}

/** Writes a least amount so: what is written is never too little. */
export function dollarsAtLeast(nanos: bigint): string {
  const amount = Number(nanos) / NANOS;
  const decimals = decimalsOf(amount);
  const unit = 10n ** BigInt(Math.max(0, 9 - decimals));
  return `$${(Number(((nanos + unit - 1n) / unit) * unit) / NANOS).toFixed(decimals)}`;
}

function decimalsOf(amount: number): number {
  const decimals = amount === 0 || Math.abs(amount) >= 1 ? 2 : 1 - Math.floor(Math.log10(Math.abs(amount)));
  return Math.max(2, Math.min(decimals, 12));
}

/** Reads dollars as a person writes them, in 1e-9 USD; undefined: it is no amount. */
export function readDollars(written: string): bigint | undefined {
  const amount = /^\$?\s*(\d{1,6}(?:[.,]\d{1,9})?)$/.exec(written.trim())?.[1];
  return amount === undefined ? undefined : BigInt(Math.round(Number(amount.replace(",", ".")) * NANOS));
}

/** Writes bytes in GB. */
export function gigabytes(count: bigint): string {
  return `${(Number(count) / 1e9).toFixed(1)} GB`;
}

export function toSeconds(duration: Duration): number {
  return Number(duration.seconds) + duration.nanos / NANOS;
}

/** Writes a time in seconds, with tenths below ten. */
export function seconds(duration: Duration, words: Words): string {
  const value = toSeconds(duration);
  return words.seconds(value < 10 ? value.toFixed(1) : value.toFixed(0));
}

/** Says what a usage cost, and whether that was measured. */
export function cost(usage: Usage | undefined, words: Words): string {
  if (usage?.costUsdNanos === undefined) {
    return words.cost.unknown;
  }
  const amount = usage.costUsdNanos === 0n ? words.cost.free : dollars(usage.costUsdNanos);
  switch (usage.basis) {
    case UsageBasis.MEASURED:
      return words.cost.measured(amount);
    case UsageBasis.ESTIMATED:
      return words.cost.estimated(amount);
    default:
      return words.cost.atLeast(dollars(usage.costUsdNanos));
  }
}

/** Writes a score with at most one decimal. */
export function score(value: number): string {
  return String(Math.round(value * 10) / 10);
}
