"""The rows of the catalogue, by what they are about: connections and messages, service, overload, the process."""
