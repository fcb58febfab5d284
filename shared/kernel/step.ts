type StepHook = <T>(name: string, run: () => Promise<T>) => Promise<T>;

let hook: StepHook | undefined;

/**
 * Every effect on another process passes through a named step. In production this only calls `run`; a test installs a
 * hook that fails, delays, repeats or loses the reply of any step by its name.
 */
export function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  return hook ? hook(name, run) : run();
}

/** Installs the fault hook and returns the undo. */
export function useStepHook(next: StepHook): () => void {
  const before = hook;
  hook = next;
  return () => {
    hook = before;
  };
}
