"""The public test vectors of CEL, as the npm package @bufbuild/cel-spec brings them, run through our guards."""
