"""What several tests share: servers, browsers, repositories made on the spot."""
