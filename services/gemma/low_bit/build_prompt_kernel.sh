#!/bin/sh
# Compiles the kernel that reads prompts on CPUs with AVX2. Where it cannot, they are read by onnxruntime, and slower.
set -eu
cd "$(dirname "$0")"
case "$(uname -s) $(uname -m)" in
"Linux x86_64") ;;
*)
    echo "No kernel for prompts: it is for Linux on x86-64"
    exit 0
    ;;
esac
if ! command -v cc >/dev/null; then
    echo "No kernel for prompts: there is no C compiler (cc), so that a first token takes longer"
    exit 0
fi
rm -f libprompt_kernel.so
# With its sums reordered it would need more registers than there are.
if ! cc -std=gnu11 -O3 -fno-tree-reassoc -mavx2 -mfma -Wall -Wextra -shared -fPIC -o libprompt_kernel.so.new prompt_kernel.c; then
    echo "No kernel for prompts: it was not compiled, so that a first token takes longer"
    exit 0
fi
mv libprompt_kernel.so.new libprompt_kernel.so
