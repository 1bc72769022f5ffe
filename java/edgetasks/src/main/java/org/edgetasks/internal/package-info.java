/** Not API: it changes without notice. */
package org.edgetasks.internal;
