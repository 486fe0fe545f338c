/** Whether two types are one: neither wider nor narrower, nor `any`. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles when its type argument is `true`. */
export declare function check<_ extends true>(): void;
