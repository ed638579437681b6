/** SignalR's browser bundle, loaded by a classic script tag before the modules. */
declare const signalR: typeof import('@microsoft/signalr');

/** What some cameras can do and the DOM's own types do not list yet. */
interface MediaTrackCapabilities {
  torch?: boolean;
  zoom?: { min: number; max: number; step: number };
}

interface MediaTrackSettings {
  zoom?: number;
  torch?: boolean;
}

interface MediaTrackConstraintSet {
  zoom?: ConstrainDouble;
  torch?: ConstrainBoolean;
}

/** The same words in another language: every key, each function with the same arguments. */
type Words<T> = T extends string ? string
  : T extends (...of: infer A) => infer R ? (...of: A) => R extends string ? string : R extends readonly string[] ? string[] : R
  : { readonly [K in keyof T]: Words<T[K]> };
