"""People at real browsers: Debian's Chromium against a real appliance process, on real files, killed with kill -9."""
