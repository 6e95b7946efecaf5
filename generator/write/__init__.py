"""The only code that writes: the output folder, and the configuration file for `link`."""
